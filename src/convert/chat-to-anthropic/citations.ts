// Citations as annotations of the answer.
// https://platform.claude.com/docs/en/build-with-claude/citations
import { isRecord } from '../../json/is-record.ts'
import type { Annotation } from '../../wire/openai/chat.ts'

/** A piece of the answer, in UTF-16 units of its content. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** `undefined` for what names no source. */
export function convertCitation(citation: unknown, range: Range): Annotation | undefined {
  if (!isRecord(citation)) return undefined
  const place = { start_index: range.start, end_index: range.end }
  const title = readText(citation.title) || readText(citation.document_title)
  // A web search names a URL; a result that the client has searched for names whatever it likes.
  const source = readText(citation.url) || readText(citation.source)
  if (/^https?:\/\//i.test(source)) {
    return { type: 'url_citation', url_citation: { ...place, url: source, title: title || source } }
  }
  const filename = title || source
  if (filename === '') return undefined
  return { type: 'file_citation', file_citation: { ...place, filename } }
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
