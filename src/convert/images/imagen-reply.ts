// What Imagen answers as OpenAI's images.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api#response-body
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { StreamFailure } from '../../streams/stream-translator.ts'
import type { ImageData, ImagesAnswer } from '../../wire/openai/images.ts'
import { formatOf } from './format.ts'
import { filteredOut, notDrawn } from './withheld.ts'

/**
 * `text`: an answer, or a list of answers; `undefined` where one is none. What was filtered out is missing
 * among the images, and a failure where nothing else is left. Imagen counts no tokens.
 */
export function convertImagenReply(
  text: string,
  created: number,
): ImagesAnswer | { readonly failure: StreamFailure } | undefined {
  const answer = parse(text)
  const data: ImageData[] = []
  let format: string | undefined
  let reason = ''
  for (const each of Array.isArray(answer) ? (answer as readonly unknown[]) : [answer]) {
    if (!isRecord(each) || isRecord(each.error)) return undefined
    // Without any image, Imagen leaves the list away.
    const predictions: readonly unknown[] = Array.isArray(each.predictions) ? each.predictions : []
    for (const prediction of predictions) {
      if (!isRecord(prediction)) continue
      const image = readText(prediction.bytesBase64Encoded)
      if (image === '') reason ||= readText(prediction.raiFilteredReason)
      else {
        data.push({ b64_json: image, revised_prompt: readText(prediction.prompt) || undefined })
        format ??= formatOf(prediction.mimeType)
      }
    }
  }
  if (data.length > 0) return { created, data, output_format: format }
  return { failure: reason === '' ? notDrawn('') : filteredOut(reason) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
