import { geminiImages } from '../../convert/images/gemini-request.ts'
import { imagenGenerations } from '../../convert/images/imagen-request.ts'
import { readOrder } from '../../convert/images/order.ts'
import { refusal } from '../../convert/refusal.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import type { Translator } from '../translator.ts'
import { askGemini, askImagen, drawsByGemini } from '../vertex-images.ts'

export const imagesToVertex: Translator<RequestOf<'images-generations'>> = (call, target) => {
  const order = readOrder(call.request, call.endpoint.path)
  const { model } = target
  if (!drawsByGemini(model)) {
    if (call.stream) throw refusal('Imagen streams no images', 'stream')
    return askImagen(target, imagenGenerations(order, model))
  }
  if (call.stream && order.count > 1) throw refusal('one image can be streamed at a time', 'n')
  return askGemini(
    target,
    geminiImages(order, { images: [], mask: undefined }, model),
    call.stream ? 'image_generation.completed' : undefined,
  )
}
