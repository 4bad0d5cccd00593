// An images request as far as Google's models can serve it; what none of them has is refused by name.
// https://platform.openai.com/docs/api-reference/images/create
import { checkImagesRequest } from '../../wire/openai/check-images.ts'
import type { CheckedImagesRequest } from '../../wire/openai/images.ts'
import { refusal } from '../refusal.ts'

export interface ImageOrder {
  readonly prompt: string
  /** How many images: 1 to 10. */
  readonly count: number
  /** Absent: as the model likes. */
  readonly size: ImageSize | undefined
  /** Absent: as the model likes. */
  readonly mediaType: 'image/png' | 'image/jpeg' | undefined
  /** Percent of quality; of JPEG alone. */
  readonly quality: number | undefined
  /** `low`: as little as the model allows. */
  readonly moderation: 'auto' | 'low'
  readonly user: string | undefined
}

/** In pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

const maxCount = 10

/** What may be asked for because it is what comes anyway. */
const harmless: readonly (readonly [
  field: keyof CheckedImagesRequest,
  values: readonly string[],
])[] = [
  ['quality', ['auto', 'standard']],
  ['background', ['auto', 'opaque']],
  ['input_fidelity', ['low']],
  ['style', []],
  ['response_format', ['b64_json']],
]

/**
 * `path` is the endpoint's, for messages. Throws a `GatewayError`: `malformed-request` for a wrong type,
 * `invalid-request` for a refusal.
 */
export function readOrder(fields: Readonly<Record<string, unknown>>, path: string): ImageOrder {
  const request = checkImagesRequest(fields, path)
  const { prompt, n, user } = request
  if (!prompt) throw refusal('there is no prompt', 'prompt')
  const count = n ?? 1
  if (count < 1 || count > maxCount) throw refusal(`n must be from 1 to ${maxCount}`, 'n')
  for (const [field, values] of harmless) {
    const value = request[field]
    if (value === undefined || value === null || values.includes(String(value))) continue
    throw refusal(`Google's models have no ${field} ${describe(value)}`, field)
  }
  const mediaType = readMediaType(request.output_format)
  return {
    prompt,
    count,
    size: readSize(request.size),
    mediaType,
    quality: readQuality(request.output_compression, mediaType),
    moderation: readModeration(request.moderation),
    user: user ?? undefined,
  }
}

function describe(value: string | number): string {
  return JSON.stringify(String(value).slice(0, 64))
}

function readSize(size: string | null | undefined): ImageSize | undefined {
  if (size === undefined || size === null || size === 'auto') return undefined
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(size) ?? []
  if (width !== undefined && height !== undefined) {
    return { width: Number(width), height: Number(height) }
  }
  throw refusal(`size must be auto or <width>x<height>, got ${describe(size)}`, 'size')
}

function readMediaType(format: string | null | undefined): ImageOrder['mediaType'] {
  if (format === undefined || format === null) return undefined
  if (format === 'png') return 'image/png'
  if (format === 'jpeg') return 'image/jpeg'
  throw refusal(`Google's models have no output_format ${describe(format)}`, 'output_format')
}

function readQuality(
  compression: number | null | undefined,
  mediaType: ImageOrder['mediaType'],
): number | undefined {
  if (compression === undefined || compression === null) return undefined
  if (compression < 0 || compression > 100) {
    throw refusal('output_compression must be from 0 to 100', 'output_compression')
  }
  if (mediaType === 'image/jpeg') return compression
  // The default: nothing is lost.
  if (compression === 100) return undefined
  throw refusal('only an output_format of jpeg can be compressed', 'output_compression')
}

function readModeration(moderation: string | null | undefined): ImageOrder['moderation'] {
  if (moderation === undefined || moderation === null || moderation === 'auto') return 'auto'
  if (moderation === 'low') return 'low'
  throw refusal(`there is no moderation ${describe(moderation)}`, 'moderation')
}
