// A text completion as a conversation of one message.
// https://platform.openai.com/docs/api-reference/completions/create
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'

type CompletionRequest = Readonly<Record<string, unknown>>

export interface ConvertedCompletion {
  /** One for each prompt, in order; at least one. */
  readonly chats: readonly [ChatRequest, ...ChatRequest[]]
  /** The prompts that begin the answers' texts; `''` where they do not. */
  readonly echoes: readonly string[]
}

/** Throws a `GatewayError` (`invalid-request`) for what a chat model cannot do. */
export function convertCompletionRequest(request: CompletionRequest): ConvertedCompletion {
  const { prompt, suffix, echo, best_of, logprobs, ...rest } = request
  if (typeof suffix === 'string' && suffix !== '') {
    throw refusal('text cannot be inserted by a chat model', 'suffix')
  }
  if (typeof best_of === 'number' && best_of > Math.max(1, Number(request.n ?? 1))) {
    throw refusal('a chat model does not choose the best of several answers', 'best_of')
  }
  const prompts = readPrompts(prompt)
  if (prompts.length > 1 && request.stream === true) {
    throw refusal('the answers to several prompts cannot be streamed', 'prompt')
  }
  const shared = {
    ...rest,
    ...(typeof logprobs === 'number' ? { logprobs: true, top_logprobs: logprobs } : {}),
  }
  const [first, ...others] = prompts.map(
    (content): ChatRequest => ({ ...shared, messages: [{ role: 'user', content }] }),
  )
  if (first === undefined) throw refusal('there is no prompt', 'prompt')
  return {
    chats: [first, ...others],
    echoes: prompts.map((text) => (echo === true ? text : '')),
  }
}

function readPrompts(prompt: unknown): readonly string[] {
  const prompts: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt ?? '']
  return prompts.map((text) => {
    if (typeof text === 'number' || Array.isArray(text)) {
      throw refusal('tokens mean nothing to another model; send text', 'prompt')
    }
    if (typeof text !== 'string') throw refusal('expected text', 'prompt')
    if (text === '') throw refusal('there is no prompt', 'prompt')
    return text
  })
}
