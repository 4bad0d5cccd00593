// https://platform.openai.com/docs/api-reference/images/createEdit
import type { Endpoint } from './endpoint.ts'
import { readFlag, readFormEnvelope } from './form-envelope.ts'
import type { JsonObject } from './json-endpoint.ts'
import { readBoolean, readJsonEnvelope } from './json-envelope.ts'
import { isMultipart, type MultipartForm } from './multipart.ts'

const path = '/v1/images/edits'

/** A form with the images themselves, or JSON that says where they are. */
export type ImagesEdit =
  | { readonly form: MultipartForm }
  | { readonly form: undefined; readonly json: JsonObject }

export const imagesEdits: Endpoint<'images-edits', ImagesEdit> = {
  id: 'images-edits',
  path,
  dialect: 'openai',
  operation: 'image_edit',
  parse(raw, { fallbackModel }) {
    if (isMultipart(raw.contentType)) {
      const { form, model, body } = readFormEnvelope(raw, fallbackModel)
      return { request: { form }, model, stream: readFlag(form, 'stream'), body }
    }
    const { request, model, body } = readJsonEnvelope(raw, path, fallbackModel)
    const stream = readBoolean(request, 'stream', path)
    return { request: { form: undefined, json: request }, model, stream, body }
  },
}
