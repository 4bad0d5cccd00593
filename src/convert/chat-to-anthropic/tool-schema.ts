import { isRecord } from '../../json/is-record.ts'
import { type RawJson, rawJson } from '../../json/raw-json.ts'
import { readMember } from '../../json/read-raw.ts'
import { refusal } from '../refusal.ts'

const anything = rawJson('{"type":"object","properties":{}}')

/**
 * The `input_schema` of a tool's parameters. `text` is how they are spelt, and they stay so where they
 * are a schema already; Anthropic demands a type.
 */
export function convertSchema(
  parameters: unknown,
  text: string | undefined,
  where: string,
): unknown {
  if (parameters === undefined || parameters === null) return anything
  if (!isRecord(parameters)) throw refusal('the parameters are not a JSON object', where)
  const { type, properties, required } = parameters
  const isRequired = required === undefined || isTexts(required)
  const isWhole = properties === undefined || isRecord(properties)
  if (typeof type === 'string' && isRequired && isWhole) return rawJson(text ?? 'null')
  const rest = Object.keys(parameters).flatMap((key): [string, RawJson | readonly string[]][] => {
    if (key === 'type' || (key === 'properties' && !isWhole)) return []
    if (key === 'required' && !isRequired)
      return Array.isArray(required) ? [[key, texts(required)]] : []
    return [[key, rawJson(readMember(text, key) ?? 'null')]]
  })
  return { type: typeof type === 'string' ? type : 'object', ...Object.fromEntries(rest) }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function texts(list: readonly unknown[]): readonly string[] {
  return list.filter((item) => typeof item === 'string')
}
