// OpenAI's sizes in pixels as Google's shapes and resolutions.
// https://cloud.google.com/vertex-ai/generative-ai/docs/image/configure-aspect-ratio
import { refusal } from '../refusal.ts'
import type { ImageSize } from './order.ts'

export interface SizesOfModel {
  readonly model: string
  /** Such as `16:9`. */
  readonly ratios: readonly string[]
  /** The largest of `1K`, `2K` and `4K`. */
  readonly largest: '1K' | '2K' | '4K'
}

export interface PickedSize {
  readonly aspectRatio: string
  /** Absent: 1K, which every model has and some cannot be asked for. */
  readonly resolution?: '2K' | '4K'
}

/** Far enough for OpenAI's 3:2 to be 4:3 where that is all there is, and not for 2:1. */
const tolerance = Math.log(1.15)

/** Throws a `GatewayError` (`invalid-request`). */
export function pickSize({ width, height }: ImageSize, sizes: SizesOfModel): PickedSize {
  const { model, ratios, largest } = sizes
  const distances = ratios.map((ratio) => {
    const [across = 1, down = 1] = ratio.split(':').map(Number)
    return { ratio, distance: Math.abs(Math.log((width * down) / (height * across))) }
  })
  const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best))
  if (nearest.distance > tolerance) {
    throw refusal(
      `${width}x${height} is far from every shape of ${model}: ${ratios.join(', ')}`,
      'size',
    )
  }
  const { ratio: aspectRatio } = nearest
  const resolution = pickResolution(width * height)
  if (resolution === undefined || resolutions.indexOf(resolution) > resolutions.indexOf(largest)) {
    throw refusal(`${width}x${height} is larger than ${model} draws (${largest})`, 'size')
  }
  return resolution === '1K' ? { aspectRatio } : { aspectRatio, resolution }
}

const resolutions = ['1K', '2K', '4K'] as const

/** What is asked for may have more pixels by as much: 1792x1024 is still 1K, and 3840x2160 is 4K. */
const slack = 1.8

/** Each has four times the pixels of the one before, whatever the shape. */
function pickResolution(pixels: number): (typeof resolutions)[number] | undefined {
  return resolutions.find((_, index) => pixels <= slack * 1024 * 1024 * 4 ** index)
}
