// OpenAI's images: every one of them a single pixel. https://platform.openai.com/docs/api-reference/images/create
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { rejectWith } from './openai-error.ts'
import { readForm } from './openai-form.ts'
import { answerJson, readBody } from './openai-json.ts'
import { createTypedEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { pixel } from './pixel.ts'
import { countTokens } from './tokens.ts'

const created = 1_700_000_000
const imageTokens = 272

interface Order {
  readonly kind: 'image_generation' | 'image_edit'
  readonly prompt: string
  readonly count: number
  readonly stream: boolean
  /** How many unfinished images a stream shows. */
  readonly partial: number
  readonly format: 'b64_json' | 'url'
  /** Images that came along. */
  readonly given: number
}

/** Throws a `Rejection`. */
export function answerGenerations(request: SimulatedRequest): SimulatedAnswer {
  const { read, fields } = readBody(request)
  return answerOrder(request, {
    kind: 'image_generation',
    prompt: read.required(fields, 'prompt', 'string'),
    count: read.within(fields, 'n', 'integer', 1, 10) ?? 1,
    stream: read.optional(fields, 'stream', 'boolean') ?? false,
    partial: read.within(fields, 'partial_images', 'integer', 0, 3) ?? 0,
    format: fields.response_format === 'url' ? 'url' : 'b64_json',
    given: 0,
  })
}

/** Throws a `Rejection`. */
export function answerEdits(request: SimulatedRequest): SimulatedAnswer {
  const form = readForm(request)
  const reject = rejectWith(request)
  const prompt = form.text('prompt')
  const given = form.fileSizes('image').length
  if (prompt === undefined) {
    return reject("Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter')
  }
  if (given === 0) {
    return reject("Missing required parameter: 'image'.", 'image', 'missing_required_parameter')
  }
  return answerOrder(request, {
    kind: 'image_edit',
    prompt,
    count: Number(form.text('n') ?? 1),
    stream: form.text('stream') === 'true',
    partial: Number(form.text('partial_images') ?? 0),
    format: 'b64_json',
    given,
  })
}

function answerOrder(request: SimulatedRequest, order: Order): SimulatedAnswer {
  const usage = usageOf(order)
  if (order.stream) return streamEvents(request, streamImages(order, usage))
  const image =
    order.format === 'url' ? { url: `data:image/png;base64,${pixel}` } : { b64_json: pixel }
  return answerJson(request, {
    created,
    data: Array.from({ length: order.count }, () => image),
    usage,
  })
}

function usageOf({ prompt, count, given }: Order) {
  const text = countTokens(prompt)
  const input = text + given * imageTokens
  const output = count * imageTokens
  return {
    input_tokens: input,
    input_tokens_details: { text_tokens: text, image_tokens: given * imageTokens },
    output_tokens: output,
    total_tokens: input + output,
  }
}

function* streamImages({ kind, partial }: Order, usage: object): Generator<PacedEvent> {
  const image = { created_at: created, b64_json: pixel, output_format: 'png', size: '1x1' }
  for (let index = 0; index < partial; index++) {
    const members = { ...image, partial_image_index: index }
    yield createTypedEvent(`${kind}.partial_image`, members, 8)
  }
  yield createTypedEvent(`${kind}.completed`, { ...image, usage }, 0)
}
