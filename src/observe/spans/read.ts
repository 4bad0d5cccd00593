// Reads foreign JSON: whatever is not of the kind that is asked for is as good as absent.
import { isRecord } from '../../json/is-record.ts'

type Json = Readonly<Record<string, unknown>>

export const readRecord = (value: unknown): Json => (isRecord(value) ? value : {})
export const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const readRecords = (value: unknown): readonly Json[] => readList(value).map(readRecord)

export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

/** A text that is not empty. */
export const readFilled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

export const readNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

export const readPositive = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return number !== undefined && number > 0 ? number : undefined
}

/** The texts of a list; others are skipped. */
export const readTexts = (value: unknown): readonly string[] =>
  readList(value).filter((item) => typeof item === 'string')

/** An answer's value: as somebody has parsed it, else out of its text. */
export function readReply(reply: { readonly value: unknown; text(): string }): Json {
  if (reply.value !== undefined) return readRecord(reply.value)
  try {
    return readRecord(JSON.parse(reply.text()))
  } catch {
    return {}
  }
}

/** Of `null`, `undefined` and everything that can be said in JSON. */
export const writeJson = (value: unknown): string => JSON.stringify(value) ?? 'null'
