// OpenAI's moderations: nothing is ever found. https://platform.openai.com/docs/api-reference/moderations/create
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { answerJson, readBody } from './openai-json.ts'

const categories = ['harassment', 'hate', 'illicit', 'self-harm', 'sexual', 'violence'] as const

/** Throws a `Rejection`. */
export function answerModerations(request: SimulatedRequest): SimulatedAnswer {
  const { read, fields } = readBody(request)
  const model = read.optional(fields, 'model', 'string') ?? 'omni-moderation-latest'
  const { input } = fields
  if (input === undefined) read.required(fields, 'input', 'string')
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input]
  // Parts of several kinds are one input together.
  const count = inputs.every((each) => typeof each === 'string') ? inputs.length : 1
  const result = {
    flagged: false,
    categories: Object.fromEntries(categories.map((name) => [name, false])),
    category_scores: Object.fromEntries(categories.map((name) => [name, 0])),
  }
  return answerJson(request, {
    id: `modr-${request.seed}`,
    model,
    results: Array.from({ length: count }, () => result),
  })
}
