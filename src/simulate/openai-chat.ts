// OpenAI's chat completions, whole and streamed.
// https://platform.openai.com/docs/api-reference/chat/object https://platform.openai.com/docs/api-reference/chat-streaming
import { type Composition, compose, type ToolCall } from './compose.ts'
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { hashHex } from './hash.ts'
import { type ChatRequest, readChatRequest } from './openai-chat-request.ts'
import { answerJson } from './openai-json.ts'
import { createEvent, doneEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { splitTokens } from './tokens.ts'

/** When every answer was made: a clock would give the same request another answer. */
const created = 1_700_000_000

const finishReasons: Readonly<Record<Composition['end'], string>> = {
  turn: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  tools: 'tool_calls',
}

/** Throws a `Rejection`. */
export function answerChat(request: SimulatedRequest): SimulatedAnswer {
  const chat = readChatRequest(request)
  const composition = compose(chat.prompt)
  if (chat.stream) {
    return streamEvents(request, streamChat(request, chat, composition))
  }
  return answerJson(request, completion(request, chat, composition))
}

function completion(request: SimulatedRequest, chat: ChatRequest, composition: Composition) {
  const { calls, text, end } = composition
  return {
    ...base(request, chat, 'chat.completion'),
    choices: Array.from({ length: chat.count }, (_, index) => ({
      index,
      message: {
        role: 'assistant',
        content: calls.length > 0 ? null : text,
        refusal: null,
        annotations: [],
        ...(calls.length > 0 && {
          tool_calls: calls.map((call, at) => describeCall(request, call, index, at)),
        }),
      },
      logprobs: null,
      finish_reason: finishReasons[end],
    })),
    usage: usageOf(chat, composition),
  }
}

function* streamChat(
  request: SimulatedRequest,
  chat: ChatRequest,
  composition: Composition,
): Generator<PacedEvent> {
  const { calls, text, end } = composition
  const shared = {
    ...base(request, chat, 'chat.completion.chunk'),
    ...(chat.includeUsage && { usage: null }),
  }
  const indexes = Array.from({ length: chat.count }, (_, index) => index)
  // Choices are made side by side, so all of them together take the time of one.
  function* toAll(
    tokens: number,
    delta: (choice: number) => unknown,
    finishReason: string | null = null,
  ): Generator<PacedEvent> {
    for (const index of indexes) {
      const choice = { index, delta: delta(index), logprobs: null, finish_reason: finishReason }
      yield createEvent({ ...shared, choices: [choice] }, index === 0 ? tokens : 0)
    }
  }

  const content = calls.length > 0 ? null : ''
  yield* toAll(0, () => ({ role: 'assistant', content, refusal: null }))
  for (const token of splitTokens(text)) yield* toAll(1, () => ({ content: token }))
  for (const [at, call] of calls.entries()) {
    yield* toAll(1, (choice) => {
      const { function: called, ...head } = describeCall(request, call, choice, at)
      return { tool_calls: [{ index: at, ...head, function: { ...called, arguments: '' } }] }
    })
    for (const token of splitTokens(call.input)) {
      yield* toAll(1, () => ({ tool_calls: [{ index: at, function: { arguments: token } }] }))
    }
  }
  yield* toAll(0, () => ({}), finishReasons[end])
  if (chat.includeUsage) {
    yield createEvent({ ...shared, choices: [], usage: usageOf(chat, composition) }, 0)
  }
  yield doneEvent
}

function base(request: SimulatedRequest, chat: ChatRequest, object: string) {
  return {
    id: `chatcmpl-${request.seed.slice(0, 29)}`,
    object,
    created,
    model: chat.prompt.model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  }
}

function describeCall(request: SimulatedRequest, call: ToolCall, choice: number, at: number) {
  return {
    id: `call_${hashHex(`${request.seed} ${choice} ${at}`).slice(0, 24)}`,
    type: 'function',
    function: { name: call.name, arguments: call.input },
  }
}

function usageOf(chat: ChatRequest, composition: Composition) {
  const prompt = composition.inputTokens
  const output = composition.outputTokens * chat.count
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
