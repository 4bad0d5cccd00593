// Where statements come from, as OpenAI's annotations.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GroundingMetadata
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { Annotation } from '../../wire/openai/chat.ts'

/** `content`: what the offsets, in bytes of UTF-8, are counted in. `undefined` where there are none. */
export function convertGrounding(metadata: unknown, content: string): Annotation[] | undefined {
  if (!isRecord(metadata) || !Array.isArray(metadata.groundingSupports)) return undefined
  const chunks: readonly unknown[] = Array.isArray(metadata.groundingChunks)
    ? metadata.groundingChunks
    : []
  const supports = metadata.groundingSupports.filter(isRecord)
  const toUnits = createOffsets(content)
  const annotations = supports.flatMap(({ segment, groundingChunkIndices: indices }) => {
    if (!isRecord(segment) || !Array.isArray(indices)) return []
    const start_index = toUnits(segment.startIndex)
    const end_index = toUnits(segment.endIndex)
    return indices.flatMap((index: unknown): Annotation[] => {
      const source = readSource(chunks[Number(index)])
      if (source === undefined) return []
      return [{ type: 'url_citation', url_citation: { start_index, end_index, ...source } }]
    })
  })
  return annotations.length > 0 ? annotations : undefined
}

function readSource(chunk: unknown): { readonly url: string; readonly title: string } | undefined {
  if (!isRecord(chunk)) return undefined
  const source = [chunk.web, chunk.retrievedContext, chunk.maps].find(isRecord)
  const url = readText(source?.uri)
  return url === '' ? undefined : { url, title: readText(source?.title) || url }
}

/** Bytes of UTF-8 to UTF-16 units; an absent offset is the beginning. */
function createOffsets(content: string): (bytes: unknown) => number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what the offsets agree for.
  const isAscii = /^[\x00-\x7f]*$/.test(content)
  const encoded = isAscii ? undefined : new TextEncoder().encode(content)
  const decoder = new TextDecoder()
  return (bytes) => {
    const offset = typeof bytes === 'number' && bytes > 0 ? bytes : 0
    return encoded === undefined
      ? Math.min(offset, content.length)
      : decoder.decode(encoded.subarray(0, offset)).length
  }
}
