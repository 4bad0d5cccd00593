// JSON answers of OpenAI, and the JSON that it is asked with.
import { readJson, type SimulatedRequest, type WholeAnswer } from './dialect.ts'
import { openaiHeaders, rejectWith } from './openai-error.ts'
import { createFieldReader, type FieldReader, type Fields } from './openai-fields.ts'

const notJson =
  'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.'

export interface ReadBody {
  readonly read: FieldReader
  readonly fields: Fields
}

/** Throws a `Rejection` for what is no object. */
export function readBody(request: SimulatedRequest): ReadBody {
  const read = createFieldReader(rejectWith(request))
  const body = readJson(request.body)
  if (body === undefined) return read.reject(notJson)
  return { read, fields: read.object(body, 'body') }
}

export function answerJson(request: SimulatedRequest, value: unknown): WholeAnswer {
  return {
    kind: 'whole',
    status: 200,
    headers: openaiHeaders(request, 'application/json'),
    body: JSON.stringify(value),
  }
}
