// Citations as annotations of the answer.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { Annotation } from '../../wire/openai/chat.ts'

/** A piece of the answer, in UTF-16 units of its content. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** `undefined` for what names no source. */
export function convertCitation(citation: unknown, range: Range): Annotation | undefined {
  if (!isRecord(citation)) return undefined
  const title = readText(citation.title)
  const place = { start_index: range.start, end_index: range.end }
  const url = readUrl(citation.location)
  if (url !== undefined) {
    return { type: 'url_citation', url_citation: { ...place, url, title: title || url } }
  }
  const filename = title || readText(citation.source)
  if (filename === '') return undefined
  return { type: 'file_citation', file_citation: { ...place, filename } }
}

function readUrl(location: unknown): string | undefined {
  if (!isRecord(location) || !isRecord(location.web)) return undefined
  const { url } = location.web
  return typeof url === 'string' ? url : undefined
}
