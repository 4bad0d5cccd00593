// Images by Imagen. https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api
import { convertLabels } from '../chat-to-gemini/labels.ts'
import { refusal } from '../refusal.ts'
import type { ImageOrder } from './order.ts'
import { pickSize } from './pick-size.ts'
import type { Picture } from './picture.ts'

/** What an edit begins with. */
export interface EditSources {
  readonly images: readonly Picture[]
  readonly mask: Picture | undefined
}

/** Images that one request makes. */
const maxSamples = 4
const ratios = ['1:1', '3:4', '4:3', '9:16', '16:9']

/** Bodies of `predict`, one for each request that it takes. Throws a `GatewayError` (`invalid-request`). */
export function imagenGenerations(
  order: ImageOrder,
  model: string,
): readonly [string, ...string[]] {
  const largest = /imagen-4\.0-(?:ultra-)?generate/.test(model) ? '2K' : '1K'
  const size = order.size && pickSize(order.size, { model, ratios, largest })
  return writeBodies(
    order,
    { prompt: order.prompt },
    { aspectRatio: size?.aspectRatio, sampleImageSize: size?.resolution },
  )
}

/**
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api-edit
 * Throws a `GatewayError` (`invalid-request`).
 */
export function imagenEdits(
  order: ImageOrder,
  { images, mask }: EditSources,
  model: string,
): readonly [string, ...string[]] {
  if (!model.includes('capability')) {
    throw refusal(`${model} does not edit images; imagen-3.0-capability-001 does`, 'model')
  }
  if (order.size !== undefined) {
    throw refusal('Imagen gives an edited image the size that it had', 'size')
  }
  const [image, second] = images
  if (image === undefined) throw refusal('there is no image', 'image')
  if (second !== undefined) throw refusal('Imagen edits one image at a time', second.where)
  if (mask !== undefined) {
    throw refusal(
      'Imagen marks with white what OpenAI marks with transparency; masks are not translated',
      'mask',
    )
  }
  const raw = {
    referenceType: 'REFERENCE_TYPE_RAW',
    referenceId: 1,
    referenceImage: writeImage(image),
  }
  return writeBodies(
    order,
    { prompt: order.prompt, referenceImages: [raw] },
    { editMode: 'EDIT_MODE_DEFAULT' },
  )
}

function writeImage(picture: Picture) {
  if (picture.kind === 'link') {
    if (picture.url.startsWith('gs://')) return { gcsUri: picture.url }
    throw refusal('Imagen does not fetch images from the web: send a data URL', picture.where)
  }
  const { mediaType, base64, where } = picture
  if (mediaType === 'image/png' || mediaType === 'image/jpeg') return { bytesBase64Encoded: base64 }
  throw refusal(`Imagen reads PNG and JPEG, not ${mediaType}`, where)
}

function writeBodies(
  order: ImageOrder,
  instance: object,
  parameters: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] {
  const { count, mediaType, quality, moderation } = order
  const labels = convertLabels({ user: order.user })
  const write = (sampleCount: number) =>
    JSON.stringify({
      instances: [instance],
      parameters: {
        sampleCount,
        ...parameters,
        outputOptions: mediaType && { mimeType: mediaType, compressionQuality: quality },
        safetySetting: moderation === 'low' ? 'block_only_high' : undefined,
        // Else images that were filtered out are missing without a word.
        includeRaiReason: true,
      },
      labels,
    })
  const whole = Array.from({ length: Math.floor((count - 1) / maxSamples) }, () => maxSamples)
  const [first = 1, ...rest] = [...whole, count - whole.length * maxSamples]
  return [write(first), ...rest.map(write)]
}
