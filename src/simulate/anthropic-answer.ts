// Claude's answers: a message in one piece, or the events of a stream.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import type { MessagesRequest } from './anthropic-request.ts'
import { type Composition, compose } from './compose.ts'
import type { SimulatedRequest } from './dialect.ts'
import { hashHex } from './hash.ts'
import { countTokens, splitTokens } from './tokens.ts'

const stopReasons: Readonly<Record<Composition['end'], string>> = {
  turn: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  tools: 'tool_use',
}

/** What Claude thinks, where it is asked to. */
const thought = 'What was asked is simple, so the answer is short.'

export interface ClaudeAnswer {
  readonly message: Readonly<Record<string, unknown>>
  /** Made while they are read; `tokens`: the time that each takes. */
  readonly events: Iterable<{ readonly event: ClaudeEvent; readonly tokens: number }>
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface ClaudeEvent {
  readonly type: string
  readonly [field: string]: unknown
}

type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly json: string
    }

/** `idPrefix` is like `msg_`. */
export function answerAsClaude(
  request: SimulatedRequest,
  { prompt, thinks }: MessagesRequest,
  idPrefix: string,
): ClaudeAnswer {
  const composition = compose(prompt)
  const { inputTokens, end, text, calls } = composition
  const thinkingTokens = thinks ? countTokens(thought) : 0
  const outputTokens = composition.outputTokens + thinkingTokens
  const id = `${idPrefix}${request.seed.slice(0, 24)}`
  const [stop = null] = end === 'stop-sequence' ? prompt.stopSequences : []
  const ending = { stop_reason: stopReasons[end], stop_sequence: stop }
  const input = {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  }
  const output = {
    output_tokens: outputTokens,
    ...(thinks && { output_tokens_details: { thinking_tokens: thinkingTokens } }),
  }
  const head = { id, type: 'message', role: 'assistant', model: prompt.model }
  const blocks: Block[] = [
    ...(thinks
      ? [{ type: 'thinking', thinking: thought, signature: sign(request, thought) } as const]
      : []),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...calls.map(({ name, input: json }, at) => {
      const callId = `toolu_${hashHex(`${request.seed} ${at}`).slice(0, 24)}`
      return { type: 'tool_use', id: callId, name, json } as const
    }),
  ]
  return {
    inputTokens,
    outputTokens,
    message: {
      ...head,
      content: blocks.map(writeBlock),
      ...ending,
      usage: { ...input, ...output },
    },
    events: listEvents({
      start: {
        ...head,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...input, output_tokens: 1 },
      },
      blocks,
      ending,
      output,
    }),
  }
}

/** Looks like a signature, and is the same for the same thought in the same request. */
function sign({ seed }: SimulatedRequest, text: string): string {
  return `Eq${hashHex(`${seed} ${text}`)}${hashHex(text)}==`
}

function writeBlock(block: Block): unknown {
  if (block.type !== 'tool_use') return block
  const { json, ...rest } = block
  return { ...rest, input: JSON.parse(json) as unknown }
}

interface Answer {
  readonly start: unknown
  readonly blocks: readonly Block[]
  readonly ending: unknown
  readonly output: unknown
}

function* listEvents(answer: Answer): Generator<{ event: ClaudeEvent; tokens: number }> {
  const { start, blocks, ending, output } = answer
  yield { event: { type: 'message_start', message: start }, tokens: 0 }
  for (const [index, block] of blocks.entries()) {
    const opened = openBlock(block)
    yield { event: { type: 'content_block_start', index, content_block: opened }, tokens: 0 }
    if (index === 0) yield { event: { type: 'ping' }, tokens: 0 }
    for (const delta of listDeltas(block)) {
      yield { event: { type: 'content_block_delta', index, delta }, tokens: 1 }
    }
    yield { event: { type: 'content_block_stop', index }, tokens: 0 }
  }
  yield { event: { type: 'message_delta', delta: ending, usage: output }, tokens: 0 }
  yield { event: { type: 'message_stop' }, tokens: 0 }
}

function openBlock(block: Block): unknown {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'text':
      return { type: 'text', text: '' }
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: {} }
  }
}

function* listDeltas(block: Block): Generator<unknown> {
  switch (block.type) {
    case 'thinking':
      for (const token of splitTokens(block.thinking)) {
        yield { type: 'thinking_delta', thinking: token }
      }
      yield { type: 'signature_delta', signature: block.signature }
      return
    case 'text':
      for (const token of splitTokens(block.text)) yield { type: 'text_delta', text: token }
      return
    case 'tool_use':
      // It begins with nothing, as the real one does.
      yield { type: 'input_json_delta', partial_json: '' }
      for (const token of splitTokens(block.json)) {
        yield { type: 'input_json_delta', partial_json: token }
      }
  }
}
