// OpenAI's text completions, whole and streamed. https://platform.openai.com/docs/api-reference/completions/create
import { type Composition, compose } from './compose.ts'
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import type { FieldReader, Fields } from './openai-fields.ts'
import { answerJson, readBody } from './openai-json.ts'
import { createEvent, doneEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { splitTokens } from './tokens.ts'

const created = 1_700_000_000
/** What the API takes where a request says nothing. */
const usualMaxTokens = 16

/** Throws a `Rejection`. */
export function answerCompletions(request: SimulatedRequest): SimulatedAnswer {
  const { read, fields } = readBody(request)
  const model = read.required(fields, 'model', 'string')
  const maxTokens = read.within(fields, 'max_tokens', 'integer', 1, 1_000_000) ?? usualMaxTokens
  const answers = readPrompts(read, fields).map((question) =>
    compose({
      model,
      backend: request.backend,
      question,
      toolResults: [],
      tools: [],
      choice: 'none',
      maxCalls: 0,
      format: 'text',
      maxTokens,
      stopSequences: [],
      length: request.length,
      texts: [question],
    }),
  )
  const base = {
    id: `cmpl-${request.seed.slice(0, 29)}`,
    object: 'text_completion',
    created,
    model,
  }
  if (read.optional(fields, 'stream', 'boolean') !== true) {
    const choices = answers.map(({ text, end }, index) => createChoice(text, index, end))
    return answerJson(request, { ...base, choices, usage: sumUsage(answers) })
  }
  const options = read.optional(fields, 'stream_options', 'object') ?? {}
  const usage = options.include_usage === true ? sumUsage(answers) : undefined
  return streamEvents(request, streamCompletions(base, answers, usage))
}

function readPrompts(read: FieldReader, fields: Fields): readonly string[] {
  const { prompt = '' } = fields
  const prompts: readonly unknown[] =
    Array.isArray(prompt) && !prompt.every(Number.isInteger) ? prompt : [prompt]
  return prompts.map((each) => {
    if (typeof each === 'string') return each
    // Tokens stand for a text that nobody knows.
    if (Array.isArray(each) && each.every(Number.isInteger)) return each.join(' ')
    return read.wrongType(prompt, 'prompt', 'a string or an array')
  })
}

function createChoice(text: string, index: number, end: Composition['end'] | undefined) {
  const finish_reason = end === undefined ? null : end === 'length' ? 'length' : 'stop'
  return { text, index, logprobs: null, finish_reason }
}

function sumUsage(answers: readonly Composition[]) {
  const prompt = answers.reduce((sum, { inputTokens }) => sum + inputTokens, 0)
  const output = answers.reduce((sum, { outputTokens }) => sum + outputTokens, 0)
  return { prompt_tokens: prompt, completion_tokens: output, total_tokens: prompt + output }
}

function* streamCompletions(
  base: object,
  answers: readonly Composition[],
  usage: object | undefined,
): Generator<PacedEvent> {
  for (const [index, { text, end }] of answers.entries()) {
    for (const token of splitTokens(text)) {
      yield createEvent({ ...base, choices: [createChoice(token, index, undefined)] }, 1)
    }
    yield createEvent({ ...base, choices: [createChoice('', index, end)] }, 0)
  }
  if (usage !== undefined) yield createEvent({ ...base, choices: [], usage }, 0)
  yield doneEvent
}
