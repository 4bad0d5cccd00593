// Audio in a form, to be written down: https://platform.openai.com/docs/api-reference/audio/createTranscription
import { GatewayError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import { readFlag, readFormEnvelope } from './form-envelope.ts'
import { isMultipart, type MultipartForm } from './multipart.ts'

export interface AudioUpload {
  readonly form: MultipartForm
}

export interface AudioUploadParts<Id extends string> {
  readonly id: Id
  readonly path: string
  readonly operation: string
  isStream(form: MultipartForm): boolean
}

const malformed = (detail: string) =>
  new GatewayError('malformed-request', `malformed request: ${detail}`)

export function createAudioUpload<Id extends string>(
  parts: AudioUploadParts<Id>,
): Endpoint<Id, AudioUpload> {
  const { id, path, operation } = parts
  return {
    id,
    path,
    dialect: 'openai',
    operation,
    parse(raw, { fallbackModel }) {
      if (!isMultipart(raw.contentType)) {
        throw malformed(`expected multipart/form-data content type for ${path}`)
      }
      const { form, model, body } = readFormEnvelope(raw, fallbackModel)
      if (model === '') throw malformed("missing required field 'model'")
      if (!form.parts.some(({ name }) => name === 'file')) {
        throw malformed("missing required field 'file'")
      }
      const temperature = form.text('temperature')?.trim() ?? '0'
      if (temperature === '' || !Number.isFinite(Number(temperature))) {
        throw malformed('invalid temperature value')
      }
      return { request: { form }, model, stream: parts.isStream(form), body }
    },
  }
}

/** What asks for a transcript piece by piece. */
export const asksForStream = (form: MultipartForm) => readFlag(form, 'stream')
