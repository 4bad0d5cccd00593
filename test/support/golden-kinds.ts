// Kinds of golden cases, each told by what stands in the case itself: a name can lie.
import type { SchemaName } from '../../src/config/api-schema.ts'
import { isRecord } from '../../src/json/is-record.ts'
import { asRecord, type GoldenFacts, type Json } from './golden-facts.ts'

export interface Kind {
  readonly name: string
  holds(facts: GoldenFacts): boolean
}

const kind = (name: string, holds: Kind['holds']): Kind => ({ name, holds })

/** About a request: the case must also say what becomes of it. */
const sent = (name: string, holds: (request: Json, facts: GoldenFacts) => boolean): Kind =>
  kind(name, (facts) => facts.outcome === 'sent' && holds(facts.request, facts))

/** The same, where a provider that cannot do it may also say so. */
const judged = (name: string, holds: (request: Json) => boolean): Kind =>
  kind(name, (facts) => facts.outcome !== 'unsaid' && holds(facts.request))

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const records = (value: unknown): readonly Json[] => list(value).filter(isRecord)

const isOk = ({ status }: GoldenFacts) => status >= 200 && status <= 299
const isWhole = (facts: GoldenFacts) => facts.json !== undefined && isOk(facts)

// Chat.

const messages = (request: Json) => records(request.messages)
const roles = (request: Json) => messages(request).map(({ role }) => role)
const parts = (request: Json) => messages(request).flatMap(({ content }) => records(content))
const has = (request: Json, role: string) => roles(request).includes(role)
const declares = ({ tools }: Json) => list(tools).length > 0
const chooses = (choice: string) => (request: Json) =>
  declares(request) && request.tool_choice === choice
const imageUrls = (request: Json) =>
  parts(request).flatMap(({ type, image_url: image }) =>
    type === 'image_url' ? [String(asRecord(image).url)] : [],
  )
const formatOf = ({ response_format: format }: Json) => asRecord(format).type

/** The messages of a reply's choices. */
const said = ({ reply }: GoldenFacts) =>
  records(asRecord(reply).choices).map(({ message }) => asRecord(message))
/** The deltas of all chunks. */
const deltas = ({ chunks }: GoldenFacts) =>
  chunks.flatMap((chunk) => records(asRecord(chunk).choices).map(({ delta }) => asRecord(delta)))
const calls = (facts: GoldenFacts) => deltas(facts).flatMap((delta) => records(delta.tool_calls))

export const chatKinds = {
  plain: [
    sent('plain text', (request) => {
      const [first, ...more] = messages(request)
      return more.length === 0 && first?.role === 'user' && typeof first.content === 'string'
    }),
    kind('plain text answered', (facts) => isWhole(facts) && said(facts).some(isText)),
    kind('plain text streamed', (facts) => deltas(facts).some(isText)),
  ],
  turns: [
    sent('several turns', (request) => /user,assistant,(?:.*,)?user/.test(roles(request).join())),
  ],
  system: [
    sent('system text', (request) => has(request, 'system')),
    sent('developer text', (request) => has(request, 'developer')),
  ],
  images: [
    sent('an image with the request', (request) =>
      imageUrls(request).some((url) => url.startsWith('data:')),
    ),
    judged('an image from the web', (request) =>
      imageUrls(request).some((url) => url.startsWith('http')),
    ),
  ],
  tools: [
    sent('tools without a choice', (request) => declares(request) && !request.tool_choice),
    sent('tool choice none', chooses('none')),
    sent('tool choice auto', chooses('auto')),
    sent('tool choice required', chooses('required')),
    sent('tool choice by name', (request) => declares(request) && isRecord(request.tool_choice)),
    sent('calls one at a time', (request) => request.parallel_tool_calls === false),
    kind(
      'a call',
      (facts) => isWhole(facts) && said(facts).some((m) => list(m.tool_calls).length === 1),
    ),
    kind(
      'calls in parallel',
      (facts) => isWhole(facts) && said(facts).some((m) => list(m.tool_calls).length > 1),
    ),
    kind('a call streamed', (facts) => calls(facts).length > 0),
    kind('calls in parallel streamed', (facts) =>
      calls(facts).some(({ index }) => typeof index === 'number' && index > 0),
    ),
  ],
  results: [
    sent('a tool result', (request) => has(request, 'tool')),
    sent('results of parallel calls', (request) => roles(request).join().includes('tool,tool')),
  ],
  structured: [
    sent('structured output by a JSON schema', (request) => formatOf(request) === 'json_schema'),
    judged('structured output of any object', (request) => formatOf(request) === 'json_object'),
  ],
  reasoning: [
    sent('reasoning effort', ({ reasoning_effort }) => typeof reasoning_effort === 'string'),
    kind('reasoning answered', (facts) => isWhole(facts) && said(facts).some(isThought)),
    kind('reasoning streamed', (facts) => deltas(facts).some(isThought)),
  ],
  stop: [
    sent('a stop sequence', ({ stop }) => typeof stop === 'string'),
    sent('stop sequences', ({ stop }) => Array.isArray(stop)),
  ],
} as const

function isText({ content }: Json): boolean {
  return typeof content === 'string' && content !== ''
}

function isThought({ reasoning_content: thought }: Json): boolean {
  return typeof thought === 'string' ? thought !== '' : isRecord(thought)
}

// Usage.

const counts = ({ told }: GoldenFacts) => asRecord(told.usage)
const isCached = (facts: GoldenFacts) => Number(counts(facts).cachedInput ?? 0) > 0

export const usageKinds: readonly Kind[] = [
  kind('usage', (facts) => isWhole(facts) && Number(counts(facts).input ?? 0) > 0),
  kind('usage streamed', (facts) => !!facts.events && Number(counts(facts).input ?? 0) > 0),
]
export const wholeUsage = usageKinds.slice(0, 1)
export const cachedUsage: readonly Kind[] = [
  kind('usage with cached tokens', (facts) => isWhole(facts) && isCached(facts)),
  kind('usage with cached tokens streamed', (facts) => !!facts.events && isCached(facts)),
]

// Why an answer ended.

const reasonMembers = new Set([
  'finish_reason',
  'stop_reason',
  'stopReason',
  'finishReason',
  'blockReason',
])

/** Whatever stands under the name of a reason, however deep. */
function findReasons(value: unknown, found = new Set<unknown>()): ReadonlySet<unknown> {
  if (Array.isArray(value)) for (const item of value) findReasons(item, found)
  else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (reasonMembers.has(name)) found.add(member)
      else findReasons(member, found)
    }
  }
  return found
}

/** https://docs.claude.com/en/api/handling-stop-reasons */
const anthropicReasons = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
]

/** What each provider may say. */
const reasons: Partial<Readonly<Record<SchemaName, readonly string[]>>> = {
  // https://platform.openai.com/docs/api-reference/chat/object
  OpenAI: ['stop', 'length', 'tool_calls', 'content_filter'],
  AzureOpenAI: ['stop', 'length', 'tool_calls', 'content_filter'],
  Anthropic: anthropicReasons,
  AWSAnthropic: anthropicReasons,
  GCPAnthropic: anthropicReasons,
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  AWSBedrock: [
    'end_turn',
    'tool_use',
    'max_tokens',
    'stop_sequence',
    'guardrail_intervened',
    'content_filtered',
    'malformed_model_output',
    'malformed_tool_use',
    'model_context_window_exceeded',
  ],
  // https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
  GCPVertexAI: [
    'STOP',
    'MAX_TOKENS',
    'SAFETY',
    'RECITATION',
    'LANGUAGE',
    'OTHER',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'MALFORMED_FUNCTION_CALL',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'IMAGE_SAFETY',
    'IMAGE_PROHIBITED_CONTENT',
    'IMAGE_RECITATION',
    'IMAGE_OTHER',
    'NO_IMAGE',
  ],
}

/** Reasons that have to do with tools, which not every endpoint has. */
const ofTools = new Set([
  'tool_calls',
  'tool_use',
  'malformed_tool_use',
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
])

/** Reasons of pictures, of which a text has none. */
const ofImages = /^(?:IMAGE_|NO_IMAGE)/

export function reasonKinds(schema: SchemaName, from: 'chat' | 'text'): readonly Kind[] {
  const all = reasons[schema] ?? []
  const possible =
    from === 'chat' ? all : all.filter((reason) => !ofTools.has(reason) && !ofImages.test(reason))
  return possible.flatMap((reason) => [
    kind(`reason ${reason}`, (facts) => isWhole(facts) && findReasons(facts.json).has(reason)),
    kind(`reason ${reason} streamed`, ({ events }) => findReasons(events).has(reason)),
  ])
}

// Errors.

const isErrorEvent = (event: unknown) => {
  const value = asRecord(Array.isArray(event) ? event[0] : event)
  return (
    isRecord(value.error) ||
    typeof value.error === 'string' ||
    value.type === 'error' ||
    value.type === 'response.failed' ||
    value[':exception-type'] !== undefined ||
    value[':error-code'] !== undefined
  )
}

const isFailed = ({ status }: GoldenFacts) => status >= 300

export const errorKinds: readonly Kind[] = [
  kind('an error of the provider', (facts) => isFailed(facts) && isSaying(facts.json)),
  kind(
    'an error as text',
    (facts) => isFailed(facts) && !!facts.answer && facts.json === undefined,
  ),
  kind('an error without a body', (facts) => isFailed(facts) && facts.answer === ''),
]

function isSaying(json: unknown): boolean {
  const value = asRecord(Array.isArray(json) ? json[0] : json)
  return [value.error, value.message, value.detail].some((each) => each !== undefined)
}

/** Where an answer is read, and not only passed on. */
export const disguisedErrors: readonly Kind[] = [
  kind(
    'an error in place of an answer',
    (facts) => isOk(facts) && isSaying(facts.json) && isRecord(facts.told.failure),
  ),
]

export const streamErrors: readonly Kind[] = [
  kind(
    'an error before content',
    ({ events, told }) => !!events?.some(isErrorEvent) && told.held === true,
  ),
  kind(
    'an error after content',
    ({ events, told }) => !!events?.some(isErrorEvent) && !!told.failure && told.held !== true,
  ),
  kind(
    'a stream cut short',
    ({ events, told }) =>
      !!events &&
      events.length > 0 &&
      !events.some(isErrorEvent) &&
      !events.includes(undefined) &&
      !!told.failure,
  ),
  kind('an event that cannot be read', ({ events }) => !!events?.includes(undefined)),
]

// Other endpoints.

const isInput = (holds: (input: unknown) => boolean) => (request: Json) => holds(request.input)
const isStrings = (value: unknown) =>
  list(value).length > 1 && list(value).every((item) => typeof item === 'string')
const isTokens = (value: unknown) =>
  list(value).length > 0 && list(value).flat().every(Number.isInteger)

export const completionKinds: readonly Kind[] = [
  sent('a prompt', ({ prompt }) => typeof prompt === 'string'),
  judged('several prompts', ({ prompt }) => isStrings(prompt)),
  judged('a prompt of tokens', ({ prompt }) => isTokens(prompt)),
  kind(
    'a completion',
    (facts) => isWhole(facts) && records(asRecord(facts.reply).choices).some(hasText),
  ),
  kind('a completion streamed', ({ chunks }) =>
    chunks.some((chunk) => records(asRecord(chunk).choices).some(hasText)),
  ),
]

function hasText({ text }: Json): boolean {
  return typeof text === 'string' && text !== ''
}

export const embeddingKinds: readonly Kind[] = [
  sent(
    'a text',
    isInput((input) => typeof input === 'string'),
  ),
  sent('several texts', isInput(isStrings)),
  judged('tokens', isInput(isTokens)),
  sent('dimensions', ({ dimensions }) => typeof dimensions === 'number'),
  sent('base64', ({ encoding_format }) => encoding_format === 'base64'),
  kind('embeddings', (facts) => isWhole(facts) && records(asRecord(facts.reply).data).length > 0),
]

export const imageKinds = {
  order: [
    sent('a prompt', ({ prompt }, { form }) => typeof prompt === 'string' || form.has('prompt')),
    kind('images', (facts) => isWhole(facts) && records(asRecord(facts.reply).data).length > 0),
  ],
  stream: [
    kind('an image streamed', ({ chunks }) =>
      chunks.some((chunk) => String(asRecord(chunk).type).endsWith('.completed')),
    ),
  ],
  form: [
    sent('images in a form', (_, { form }) =>
      [...form].some(([name, text]) => name.startsWith('image') && text === 'file'),
    ),
    sent('images in JSON', ({ images }) => list(images).length > 0),
    kind(
      'a mask',
      ({ request, form, outcome }) =>
        outcome !== 'unsaid' && (isRecord(request.mask) || form.get('mask') === 'file'),
    ),
  ],
} as const

export const moderationKinds: readonly Kind[] = [
  sent(
    'a text',
    isInput((input) => typeof input === 'string'),
  ),
  sent('several texts', isInput(isStrings)),
  kind('a judgement', (facts) => isWhole(facts) && list(asRecord(facts.reply).results).length > 0),
]

export const moderationImages: readonly Kind[] = [
  sent(
    'an image',
    isInput((input) => records(input).some(({ type }) => type === 'image_url')),
  ),
]

export const speechKinds: readonly Kind[] = [
  sent('a text', (request) => typeof request.input === 'string'),
  sent('a stream of events', ({ stream_format }) => stream_format === 'sse'),
]

export const recordingKinds: readonly Kind[] = [
  sent('a recording', (_, { form }) => form.get('file') === 'file'),
  kind('a transcript as JSON', (facts) => isWhole(facts) && isRecord(facts.reply)),
  kind(
    'a transcript as text',
    (facts) => isOk(facts) && !!facts.answer && facts.json === undefined,
  ),
]

export const transcriptStreams: readonly Kind[] = [
  kind('a transcript streamed', ({ chunks }) =>
    chunks.some((chunk) => asRecord(chunk).type === 'transcript.text.done'),
  ),
]

const items = ({ input }: Json) => records(input)
const itemParts = (request: Json) => items(request).flatMap(({ content }) => records(content))
const itemRoles = (request: Json) => items(request).map(({ role }) => role)
const outputs = ({ reply }: GoldenFacts) => records(asRecord(reply).output)
const eventTypes = ({ chunks }: GoldenFacts) => chunks.map((chunk) => asRecord(chunk).type)

export const responseKinds = {
  plain: [
    sent(
      'plain text',
      isInput((input) => typeof input === 'string'),
    ),
    kind('an answer', (facts) => isWhole(facts) && outputs(facts).length > 0),
    kind('an answer streamed', (facts) => eventTypes(facts).includes('response.output_text.delta')),
  ],
  turns: [
    sent('several turns', (request) =>
      /user,assistant,(?:.*,)?user/.test(itemRoles(request).join()),
    ),
  ],
  system: [
    sent('instructions', ({ instructions }) => typeof instructions === 'string'),
    sent('system text', (request) => itemRoles(request).includes('system')),
    sent('developer text', (request) => itemRoles(request).includes('developer')),
  ],
  images: [
    sent('an image', (request) => itemParts(request).some(({ type }) => type === 'input_image')),
  ],
  tools: [
    ...chatKinds.tools.slice(0, 6),
    kind(
      'calls in parallel',
      (facts) =>
        isWhole(facts) && outputs(facts).filter(({ type }) => type === 'function_call').length > 1,
    ),
    kind('a call streamed', (facts) =>
      eventTypes(facts).includes('response.function_call_arguments.delta'),
    ),
  ],
  results: [
    sent('a tool result', (request) =>
      items(request).some(({ type }) => type === 'function_call_output'),
    ),
  ],
  structured: [
    sent(
      'structured output by a JSON schema',
      ({ text }) => asRecord(asRecord(text).format).type === 'json_schema',
    ),
  ],
  reasoning: [
    sent('reasoning effort', ({ reasoning }) => typeof asRecord(reasoning).effort === 'string'),
    kind(
      'reasoning answered',
      (facts) => isWhole(facts) && outputs(facts).some(({ type }) => type === 'reasoning'),
    ),
  ],
  ends: ['completed', 'incomplete', 'failed'].flatMap((status) => [
    kind(`status ${status}`, (facts) => isWhole(facts) && asRecord(facts.json).status === status),
    kind(`status ${status} streamed`, (facts) => eventTypes(facts).includes(`response.${status}`)),
  ]),
} as const

export const tokenizeKinds = {
  plain: [
    sent('a prompt', ({ prompt }) => typeof prompt === 'string'),
    sent('plain text', (request) =>
      messages(request).some(({ content }) => typeof content === 'string'),
    ),
    kind('a count', (facts) => isWhole(facts) && typeof asRecord(facts.reply).count === 'number'),
  ],
  tools: [sent('tools', declares)],
} as const

export const storedKinds: readonly Kind[] = [
  kind('an identifier', ({ url, outcome }) => outcome === 'sent' && url.includes('/v1/responses/')),
  kind('an answer', (facts) => isWhole(facts)),
]
