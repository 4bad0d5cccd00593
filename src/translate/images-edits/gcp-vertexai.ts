import { geminiImages } from '../../convert/images/gemini-request.ts'
import { imagenEdits } from '../../convert/images/imagen-request.ts'
import { readOrder } from '../../convert/images/order.ts'
import { refusal } from '../../convert/refusal.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import type { Translator } from '../translator.ts'
import { askGemini, askImagen, drawsByGemini } from '../vertex-images.ts'
import { readEdit } from './read-edit.ts'

export const imageEditsToVertex: Translator<RequestOf<'images-edits'>> = (call, target) => {
  const { fields, sources } = readEdit(call)
  const order = readOrder(fields, call.endpoint.path)
  if (sources.images.length === 0) throw refusal('there is no image', 'image')
  const { model } = target
  if (!drawsByGemini(model)) {
    if (call.stream) throw refusal('Imagen streams no images', 'stream')
    return askImagen(target, imagenEdits(order, sources, model))
  }
  if (call.stream && order.count > 1) throw refusal('one image can be streamed at a time', 'n')
  return askGemini(
    target,
    geminiImages(order, sources, model),
    call.stream ? 'image_edit.completed' : undefined,
  )
}
