// Chat requests as OpenAI's API takes them, made at random, with a mark in each of their texts.
// https://platform.openai.com/docs/api-reference/chat/create
import fc from 'fast-check'

export interface MarkedRequest {
  readonly body: Readonly<Record<string, unknown>>
  /** Each stands in one text of the messages, or of a tool that may be used. */
  readonly marks: readonly string[]
}

type Json = Record<string, unknown>

/** Words that are hard to carry, around the mark. */
const around = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('', 'hello', 'a "quoted" word', 'two\nlines', '{"a":1}'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)

/** A text that waits for its mark. */
interface Blank {
  readonly before: string
  readonly after: string
}

const blank: fc.Arbitrary<Blank> = fc.record({ before: around, after: around })

const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

type Part = { readonly text: Blank } | { readonly image: string }
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ text: blank }) },
  { weight: 1, arbitrary: fc.constantFrom({ image: png }, { image: 'https://host.test/a.png' }) },
)
type Content = { readonly text: Blank } | { readonly parts: readonly Part[] }
const textOrParts: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ text: blank }),
  fc.record({ parts: fc.array(fc.record({ text: blank }), { minLength: 1, maxLength: 3 }) }),
)

const said = (roles: readonly string[], content: fc.Arbitrary<Content>) =>
  fc.record({ role: fc.constantFrom(...roles), content })

/** A message that makes calls, and those with their results. */
const callStep = fc.record({
  content: fc.option(blank, { nil: null }),
  calls: fc.array(fc.record({ argument: blank, tool: fc.nat(2), result: textOrParts }), {
    minLength: 1,
    maxLength: 3,
  }),
  reversed: fc.boolean(),
})
type CallStep = typeof callStep extends fc.Arbitrary<infer Step> ? Step : never

const userContent: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ text: blank }),
  fc.record({ parts: fc.array(part, { minLength: 1, maxLength: 3 }) }),
)

const step = fc.oneof(
  { weight: 1, arbitrary: said(['system', 'developer'], textOrParts) },
  { weight: 4, arbitrary: said(['user'], userContent) },
  { weight: 2, arbitrary: said(['assistant'], textOrParts) },
  { weight: 2, arbitrary: callStep },
)

const schemas: readonly Json[] = [
  { type: 'object', properties: {} },
  {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    required: ['city'],
    additionalProperties: false,
  },
  {
    type: 'object',
    properties: {
      filter: {
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }, { type: 'null' }],
      },
      unit: { $ref: '#/$defs/unit' },
    },
    $defs: { unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  },
]

const tool = fc.record({
  description: blank,
  parameters: fc.option(fc.constantFrom(...schemas), { nil: undefined }),
  strict: fc.option(fc.boolean(), { nil: undefined }),
})
const toolName = (index: number) => ['get_weather', 'look-up', 'a'.repeat(64)][index % 3] ?? ''

const choice = fc.constantFrom('auto', 'none', 'required', 'named', 'allowed')

const settings = fc.record(
  {
    temperature: fc.constantFrom(0, 0.7, 1, 1.5, 2, null),
    top_p: fc.constantFrom(0.1, 1),
    n: fc.constantFrom(1, 1, 1, 2),
    max_tokens: fc.integer({ min: 1, max: 5000 }),
    max_completion_tokens: fc.integer({ min: 1, max: 5000 }),
    stop: fc.oneof(
      fc.constantFrom('END', null),
      // Not white space alone: Anthropic does not take that, and its answer says so.
      fc.array(fc.constantFrom('END', 'STOP', '###'), { minLength: 1, maxLength: 4 }),
    ),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    user: fc.constant('u-1'),
    presence_penalty: fc.constantFrom(-2, 0, 1.5),
    frequency_penalty: fc.constantFrom(-1, 0, 2),
    logprobs: fc.boolean(),
    reasoning_effort: fc.constantFrom('minimal', 'low', 'medium', 'high', 'none'),
    response_format: fc.constantFrom(
      { type: 'text' },
      { type: 'json_object' },
      { type: 'json_schema', json_schema: { name: 'weather', schema: schemas[1] } },
      { type: 'json_schema', json_schema: { name: 'filter', strict: true, schema: schemas[2] } },
    ),
    service_tier: fc.constantFrom('auto', 'default', 'flex'),
    metadata: fc.constant({ purpose: 'test' }),
    store: fc.boolean(),
    logit_bias: fc.constant({ '50256': -100 }),
    stream: fc.boolean(),
  },
  { requiredKeys: [] },
)

export const chatRequests: fc.Arbitrary<MarkedRequest> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    tools: fc.array(tool, { maxLength: 3 }),
    choice: fc.option(choice, { nil: undefined }),
    parallel: fc.option(fc.boolean(), { nil: undefined }),
    settings,
  })
  .map(({ steps, tools, choice: chosen, parallel, settings: rest }) => {
    const marks: string[] = []
    const write = ({ before, after }: Blank): string => {
      const mark = `<${marks.length}>`
      marks.push(mark)
      return `${before}${mark}${after}`
    }
    const writeParts = (parts: readonly Part[]) =>
      parts.map((each) =>
        'text' in each
          ? { type: 'text', text: write(each.text) }
          : { type: 'image_url', image_url: { url: each.image } },
      )
    const writeContent = (content: Content) =>
      'text' in content ? write(content.text) : writeParts(content.parts)
    let calls = 0
    const writeCalls = ({ content, calls: made, reversed }: CallStep): Json[] => {
      const numbered = made.map((call) => ({ ...call, id: `call_${++calls}` }))
      const message = {
        role: 'assistant',
        content: content === null ? null : write(content),
        tool_calls: numbered.map(({ id, argument, tool: index }) => ({
          id,
          type: 'function',
          function: {
            name: toolName(index),
            arguments: JSON.stringify({ city: write(argument) }),
          },
        })),
      }
      const results = numbered.map(({ id, result }) => ({
        role: 'tool',
        tool_call_id: id,
        content: writeContent(result),
      }))
      return [message, ...(reversed ? results.reverse() : results)]
    }
    const messages = steps.flatMap((each): Json[] =>
      'calls' in each
        ? writeCalls(each)
        : [{ role: each.role, content: writeContent(each.content) }],
    )
    const offered = tools.map(({ description, parameters, strict }, index) => ({
      type: 'function',
      function: {
        name: toolName(index),
        description: chosen === 'none' ? 'Of no use.' : write(description),
        ...(parameters === undefined ? {} : { parameters }),
        ...(strict === undefined ? {} : { strict }),
      },
    }))
    const first = { type: 'function', function: { name: toolName(0) } }
    const tool_choice =
      chosen === 'named'
        ? first
        : chosen === 'allowed'
          ? { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: offered.map(nameOnly) } }
          : chosen
    return {
      marks,
      body: {
        messages,
        ...rest,
        ...(offered.length === 0
          ? {}
          : {
              tools: offered,
              ...(tool_choice === undefined ? {} : { tool_choice }),
              ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
            }),
      },
    }
  })

const nameOnly = ({ function: { name } }: { function: { name: string } }) => ({
  type: 'function',
  function: { name },
})
