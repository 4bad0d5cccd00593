// Images by Gemini. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/image-generation
import type { GenerateContentRequest } from '../../wire/gemini/generate-content.ts'
import { convertLabels } from '../chat-to-gemini/labels.ts'
import { convertLink } from '../chat-to-gemini/media.ts'
import { geminiModel } from '../chat-to-gemini/model-gates.ts'
import { refusal } from '../refusal.ts'
import type { EditSources } from './imagen-request.ts'
import type { ImageOrder } from './order.ts'
import { pickSize } from './pick-size.ts'
import type { Picture } from './picture.ts'

const ratios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']

/** Bodies of `generateContent`, one for each image. Throws a `GatewayError` (`invalid-request`). */
export function geminiImages(
  order: ImageOrder,
  { images, mask }: EditSources,
  model: string,
): readonly [string, ...string[]] {
  if (mask !== undefined)
    throw refusal('Gemini has no masks: say in the prompt where to edit', 'mask')
  if (order.moderation === 'low') {
    throw refusal(`Google's Gemini models have no moderation "low"`, 'moderation')
  }
  const { drawsAlone, drawsLarge } = geminiModel(model)
  const largest = drawsLarge ? '4K' : '1K'
  const size = order.size && pickSize(order.size, { model, ratios, largest })
  const output = order.mediaType && {
    mimeType: order.mediaType,
    compressionQuality: order.quality,
  }
  const request: GenerateContentRequest = {
    contents: [{ role: 'user', parts: [...images.map(writePicture), { text: order.prompt }] }],
    generationConfig: {
      responseModalities: drawsAlone ? ['IMAGE'] : ['TEXT', 'IMAGE'],
      imageConfig:
        size || output
          ? {
              aspectRatio: size?.aspectRatio,
              imageSize: size?.resolution,
              imageOutputOptions: output,
            }
          : undefined,
    },
    labels: convertLabels({ user: order.user }),
  }
  const body = JSON.stringify(request)
  return [body, ...Array.from({ length: order.count - 1 }, () => body)]
}

function writePicture(picture: Picture) {
  if (picture.kind === 'link') return convertLink('image', picture.url, picture.where)
  return { inlineData: { mimeType: picture.mediaType, data: picture.base64 } }
}
