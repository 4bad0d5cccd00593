// What form the answer must have: OpenAI's `response_format`, or one of vLLM's `guided_…`.
// https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/control-generated-output
import { isRecord } from '../../json/is-record.ts'
import { rawJson } from '../../json/raw-json.ts'
import { readMember } from '../../json/read-raw.ts'
import type { StructuredOutput } from '../../wire/gemini/generate-content.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { cleanSchema } from './clean-schema.ts'
import type { GeminiModel } from './model-gates.ts'

/** How the text of the answer differs from what the client wants: see answer-text.ts. */
export type AnswerForm = 'plain' | 'json-string' | 'word'

export interface ConvertedOutput {
  readonly config: StructuredOutput
  readonly form: AnswerForm
}

const stage = 'invalid generation configs'

/** `text`: the request's JSON text, for schemas as they are spelt. */
export function convertOutput(
  request: CheckedChatRequest,
  model: GeminiModel,
  text: () => string,
): ConvertedOutput {
  const { response_format: format, guided_choice, guided_regex, guided_json } = request
  const choice = guided_choice?.length ? guided_choice : undefined
  const pattern = guided_regex || undefined
  const guided = guided_json ?? undefined
  const given = [format ?? undefined, choice, pattern, guided].filter((each) => each !== undefined)
  if (given.length > 1) {
    throw refusal(
      'only one of response_format, guided_choice, guided_regex and guided_json can be specified',
      undefined,
      stage,
    )
  }
  if (choice !== undefined) {
    const responseSchema = { type: 'STRING', enum: choice }
    return { config: { responseMimeType: 'text/x.enum', responseSchema }, form: 'word' }
  }
  if (pattern !== undefined) {
    const responseSchema = { type: 'STRING', pattern }
    return { config: { responseMimeType: jsonType, responseSchema }, form: 'json-string' }
  }
  if (guided !== undefined) {
    const raw = readMember(text(), 'guided_json')
    return { config: jsonAnswer(guided, raw, 'guided_json', model), form: 'plain' }
  }
  return { config: convertFormat(format, model, text), form: 'plain' }
}

const jsonType = 'application/json'

function convertFormat(
  format: CheckedChatRequest['response_format'],
  model: GeminiModel,
  text: () => string,
): StructuredOutput {
  switch (format?.type) {
    case 'text':
      return { responseMimeType: 'text/plain' }
    case 'json_object':
      return { responseMimeType: jsonType }
    case 'json_schema': {
      const outer = readMember(readMember(text(), 'response_format'), 'json_schema')
      const where = 'response_format.json_schema.schema'
      return jsonAnswer(format.json_schema?.schema, readMember(outer, 'schema'), where, model)
    }
    default:
      return {}
  }
}

/** `schema` and the same as it is spelt. */
function jsonAnswer(
  schema: unknown,
  raw: string | undefined,
  where: string,
  model: GeminiModel,
): StructuredOutput {
  if (raw === undefined || !isRecord(schema)) throw refusal('invalid json schema', where, stage)
  if (model.takesJsonSchema) {
    return { responseMimeType: jsonType, responseJsonSchema: rawJson(raw) }
  }
  return { responseMimeType: jsonType, responseSchema: cleanSchema(schema, { where, stage }) }
}
