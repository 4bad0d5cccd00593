// Answers of a given shape.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputFormat.html
import { readMember } from '../../json/read-raw.ts'
import type { OutputConfig, SystemBlock } from '../../wire/bedrock/converse.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { jsonObjectHint } from '../json-object-hint.ts'
import { refusal } from '../refusal.ts'

export interface ConvertedFormat {
  readonly outputConfig?: OutputConfig
  /** What Bedrock has no form for is asked for in words. */
  readonly system?: SystemBlock
}

/** `text`: the request's JSON text, for the schema as it is spelt. */
export function convertResponseFormat(
  format: CheckedChatRequest['response_format'],
  text: () => string,
): ConvertedFormat {
  switch (format?.type) {
    case 'json_object':
      return { system: { text: jsonObjectHint } }
    case 'json_schema': {
      const outer = readMember(readMember(text(), 'response_format'), 'json_schema')
      const schema = readMember(outer, 'schema')
      if (schema === undefined || schema === 'null') {
        throw refusal('json_schema has no schema', 'response_format.json_schema')
      }
      const { name, description } = format.json_schema ?? {}
      const jsonSchema = {
        schema,
        name: name || undefined,
        description: description || undefined,
      }
      return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } }
    }
    default:
      return {}
  }
}
