// Answers of a given shape: as the platform can do it, or as the input of a tool that has to be called.
// https://platform.claude.com/docs/en/build-with-claude/structured-outputs
import { isRecord } from '../../json/is-record.ts'
import { readMember } from '../../json/read-raw.ts'
import type { OutputConfig } from '../../wire/anthropic/messages.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { closeObjects } from './close-objects.ts'
import type { RequestSource } from './request-source.ts'
import { convertSchema } from './tool-schema.ts'

export interface ConvertedOutput {
  readonly format?: OutputConfig['format']
  /** What the model has no form for: a tool that takes the answer. */
  readonly answer?: AnswerTool
}

export interface AnswerTool {
  readonly description: string
  readonly schema: unknown
}

const where = 'response_format.json_schema'

export function convertOutput(
  format: CheckedChatRequest['response_format'],
  { text, model, platform }: RequestSource,
): ConvertedOutput {
  if (format?.type !== 'json_schema') return {}
  const outer = readMember(readMember(text(), 'response_format'), 'json_schema')
  const schema = readMember(outer, 'schema')
  if (schema === undefined || schema === 'null') throw refusal('json_schema has no schema', where)
  const value: unknown = format.json_schema?.schema
  if (!isRecord(value)) throw refusal('the schema is not a JSON object', `${where}.schema`)
  if (platform.structuredOutput.test(model)) {
    return { format: { type: 'json_schema', schema: closeObjects(value, schema) } }
  }
  if (value.type !== undefined && value.type !== 'object') {
    throw refusal(
      `${platform.provider} answers with this model in objects only: the schema's type must be object`,
      `${where}.schema.type`,
    )
  }
  return {
    answer: {
      description:
        format.json_schema?.description ||
        'Takes the answer. Call it once, with all of the answer.',
      schema: convertSchema(value, schema, `${where}.schema`),
    },
  }
}
