// OpenAI's responses, whole and streamed; none of them is kept.
// https://platform.openai.com/docs/api-reference/responses https://platform.openai.com/docs/api-reference/responses-streaming
import { type Composition, compose, type ToolCall } from './compose.ts'
import { decodeSegment, type SimulatedAnswer, type SimulatedRequest } from './dialect.ts'
import { hashHex } from './hash.ts'
import { answerJson } from './openai-json.ts'
import { type ResponsesRequest, readResponsesRequest } from './openai-responses-request.ts'
import { createTypedEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { splitTokens } from './tokens.ts'

const created = 1_700_000_000

type Item = Readonly<Record<string, unknown>>

/** Throws a `Rejection`. */
export function answerResponses(request: SimulatedRequest): SimulatedAnswer {
  const asked = readResponsesRequest(request)
  const composition = compose(asked.prompt)
  if (asked.stream) return streamEvents(request, streamResponse(request, asked, composition))
  return answerJson(request, finish(request, asked, composition))
}

/** Throws a `Rejection`. */
export function answerInputTokens(request: SimulatedRequest): SimulatedAnswer {
  const { inputTokens } = compose(readResponsesRequest(request).prompt)
  return answerJson(request, { object: 'response.input_tokens', input_tokens: inputTokens })
}

/** Throws a `Rejection`. */
export function answerCompact(request: SimulatedRequest): SimulatedAnswer {
  const asked = readResponsesRequest(request)
  const { inputTokens } = compose(asked.prompt)
  return answerJson(request, {
    id: `resp_${request.seed}`,
    object: 'response.compaction',
    created_at: created,
    output: [{ type: 'compaction', id: itemId(request, 'cmp', 0), encrypted_content: 'c2lt' }],
    usage: usageOf({ inputTokens, outputTokens: 1 }),
  })
}

/** A response that was made before, as far as anybody can know: its id is all that there is. */
export function answerStored(request: SimulatedRequest, path: RegExpExecArray): SimulatedAnswer {
  const id = decodeSegment(path[1] ?? '')
  const text = `This is ${id}, simulated at ${request.backend}.`
  const whole = {
    ...base(request, 'simulated-model'),
    id,
    status: 'completed',
    output: [message(request, 0, text, 'completed')],
    usage: usageOf({ inputTokens: 0, outputTokens: 0 }),
  }
  const { searchParams } = request.url
  if (searchParams.get('stream') !== 'true') return answerJson(request, whole)
  const after = Number(searchParams.get('starting_after') ?? -1)
  return streamEvents(request, replay(whole, after))
}

/** The first and the last event, of those that come after the one with this number. */
function* replay(whole: object, after: number): Generator<PacedEvent> {
  const started = { ...whole, status: 'in_progress', output: [], usage: null }
  const events = [
    { type: 'response.created', response: started },
    { type: 'response.completed', response: whole },
  ]
  for (const [number, { type, response }] of events.entries()) {
    if (number > after) yield createTypedEvent(type, { sequence_number: number, response }, 0)
  }
}

export function answerDeleted(request: SimulatedRequest, path: RegExpExecArray): SimulatedAnswer {
  const id = decodeSegment(path[1] ?? '')
  return answerJson(request, { id, object: 'response', deleted: true })
}

export function answerInputItems(request: SimulatedRequest): SimulatedAnswer {
  return answerJson(request, {
    object: 'list',
    data: [],
    first_id: null,
    last_id: null,
    has_more: false,
  })
}

function base(request: SimulatedRequest, model: string) {
  return {
    id: `resp_${request.seed}`,
    object: 'response',
    created_at: created,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  }
}

function finish(request: SimulatedRequest, { prompt }: ResponsesRequest, composition: Composition) {
  const isCut = composition.end === 'length'
  const status = isCut ? 'incomplete' : 'completed'
  return {
    ...base(request, prompt.model),
    status,
    ...(isCut ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
    output: listItems(request, composition, status),
    usage: usageOf(composition),
  }
}

function listItems(
  request: SimulatedRequest,
  { calls, text }: Composition,
  status: string,
): readonly Item[] {
  if (calls.length === 0) return [message(request, 0, text, status)]
  return calls.map((call, index) => functionCall(request, index, call, call.input, 'completed'))
}

function message(request: SimulatedRequest, index: number, text: string, status: string): Item {
  return {
    type: 'message',
    id: itemId(request, 'msg', index),
    status,
    role: 'assistant',
    content: [outputText(text)],
  }
}

const outputText = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

function functionCall(
  request: SimulatedRequest,
  index: number,
  { name }: ToolCall,
  input: string,
  status: string,
): Item {
  return {
    type: 'function_call',
    id: itemId(request, 'fc', index),
    call_id: itemId(request, 'call', index),
    name,
    arguments: input,
    status,
  }
}

function itemId(request: SimulatedRequest, prefix: string, index: number): string {
  return `${prefix}_${hashHex(`${request.seed} ${prefix} ${index}`)}`
}

function usageOf({ inputTokens, outputTokens }: Pick<Composition, 'inputTokens' | 'outputTokens'>) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  }
}

function* streamResponse(
  request: SimulatedRequest,
  asked: ResponsesRequest,
  composition: Composition,
): Generator<PacedEvent> {
  let sequence = 0
  const event = (type: string, members: object, tokens = 0) =>
    createTypedEvent(type, { sequence_number: sequence++, ...members }, tokens)
  const started = {
    ...base(request, asked.prompt.model),
    status: 'in_progress',
    output: [],
    usage: null,
  }
  yield event('response.created', { response: started })
  yield event('response.in_progress', { response: started })
  const whole = finish(request, asked, composition)
  for (const [output_index, item] of whole.output.entries()) {
    const call = composition.calls[output_index]
    const place = { item_id: item.id, output_index }
    const open = { ...item, status: 'in_progress' }
    if (call === undefined) {
      const { text } = composition
      const at = { ...place, content_index: 0 }
      const added = 'response.output_item.added'
      yield event(added, { output_index, item: { ...open, content: [] } })
      yield event('response.content_part.added', { ...at, part: outputText('') })
      for (const delta of splitTokens(text)) {
        yield event('response.output_text.delta', { ...at, delta, logprobs: [] }, 1)
      }
      yield event('response.output_text.done', { ...at, text, logprobs: [] })
      yield event('response.content_part.done', { ...at, part: outputText(text) })
    } else {
      yield event('response.output_item.added', { output_index, item: { ...open, arguments: '' } })
      for (const delta of splitTokens(call.input)) {
        yield event('response.function_call_arguments.delta', { ...place, delta }, 1)
      }
      const done = { ...place, name: call.name, arguments: call.input }
      yield event('response.function_call_arguments.done', done)
    }
    yield event('response.output_item.done', { output_index, item })
  }
  yield event(`response.${whole.status}`, { response: whole })
}
