// What every endpoint with forms reads first: the form, and its model.
import type { RawBody } from './endpoint.ts'
import { type MultipartForm, readMultipart } from './multipart.ts'
import { createRawBody } from './raw-body.ts'

export interface FormEnvelope {
  readonly form: MultipartForm
  /** `''` where there is none. */
  readonly model: string
  readonly body: RawBody
}

/** Throws a `GatewayError` (`malformed-request`) for what is no form. */
export function readFormEnvelope(body: RawBody, fallbackModel: string | undefined): FormEnvelope {
  const form = readMultipart(body)
  const own = form.text('model') ?? ''
  const model = own === '' ? (fallbackModel ?? '') : own
  const named = form.parts.filter(({ name }) => name === 'model')
  // Of several models, another might be read than was routed by.
  if (model === '' || (own === model && named.length === 1)) return { form, model, body }
  const rewritten = createRawBody(form.with('model', model), body.contentType)
  return { form: readMultipart(rewritten), model, body: rewritten }
}

/** Whether a field says yes, however it is written. */
export function readFlag(form: MultipartForm, name: string): boolean {
  return form.text(name)?.toLowerCase() === 'true'
}
