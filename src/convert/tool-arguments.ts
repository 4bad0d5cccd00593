import { isRecord } from '../json/is-record.ts'
import { type RawJson, rawJson } from '../json/raw-json.ts'
import { refusal } from './refusal.ts'

/**
 * The arguments of a call in a conversation, as they are spelt. Models that were given no parameters
 * call with no text at all. `where`: the path to the field.
 */
export function readToolArguments(text: string, where: string): RawJson {
  const json = text.trim()
  if (json === '' || json === 'null') return rawJson('{}')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw refusal('the arguments of the tool call are not JSON', where)
  }
  if (!isRecord(value)) {
    throw refusal('the arguments of the tool call are not a JSON object', where)
  }
  return rawJson(json)
}
