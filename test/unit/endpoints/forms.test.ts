import { describe, expect, it } from 'vitest'
import { audioTranscriptions } from '../../../src/endpoints/audio-transcriptions.ts'
import { audioTranslations } from '../../../src/endpoints/audio-translations.ts'
import { imagesEdits } from '../../../src/endpoints/images-edits.ts'
import { createRawBody } from '../../../src/endpoints/raw-body.ts'
import { encodeForm } from '../../support/golden.ts'

const part = (name: string, value: string, more = '') =>
  `--AaB\nContent-Disposition: form-data; name="${name}"${more}\n\n${value}\n`
const file = part('file', 'RIFF', '; filename="a.wav"')
const form = (...parts: readonly string[]) =>
  createRawBody(encodeForm(`${parts.join('')}--AaB--\n`), 'multipart/form-data; boundary=AaB')
const options = { meterStream: false, fallbackModel: undefined }

describe.each([audioTranscriptions, audioTranslations])('a form for $path', (endpoint) => {
  it('is read and kept as it came', () => {
    const body = form(part('model', 'stt'), part('temperature', '0.5'), file)
    const parsed = endpoint.parse(body, options)
    expect([parsed.model, parsed.stream, parsed.body]).toEqual(['stt', false, body])
  })

  it.each([
    [form(file), "missing required field 'model'"],
    [form(part('model', ''), file), "missing required field 'model'"],
    [form(part('model', 'stt')), "missing required field 'file'"],
    [form(part('model', 'stt'), part('temperature', 'warm'), file), 'invalid temperature value'],
    [form(part('model', 'stt'), part('temperature', ''), file), 'invalid temperature value'],
    [
      createRawBody(new TextEncoder().encode('{}'), 'application/json'),
      `expected multipart/form-data content type for ${endpoint.path}`,
    ],
    [
      createRawBody(new Uint8Array(0), 'multipart/form-data'),
      'failed to parse multipart form data: missing boundary',
    ],
  ])('is refused where something is wrong (%#)', (body, detail) => {
    expect(() => endpoint.parse(body, options)).toThrow(`malformed request: ${detail}`)
  })

  it('takes the model of the header into a form that names none', () => {
    const parsed = endpoint.parse(form(file), { ...options, fallbackModel: 'stt' })
    expect(parsed.model).toBe('stt')
    expect(parsed.body.bytes).toEqual(form(file, part('model', 'stt')).bytes)
    expect(parsed.request.form.text('model')).toBe('stt')
  })

  it('names one model where it named two', () => {
    const parsed = endpoint.parse(form(part('model', 'a'), file, part('model', 'b')), options)
    expect(parsed.model).toBe('b')
    expect(parsed.body.bytes).toEqual(form(part('model', 'b'), file, part('model', 'b')).bytes)
  })
})

it.each([
  ['true', true],
  ['True', true],
  ['false', false],
  ['1', false],
])('streams a transcript where the form says %j: %j', (value, stream) => {
  const body = form(part('model', 'stt'), part('stream', value), file)
  expect(audioTranscriptions.parse(body, options).stream).toBe(stream)
  expect(audioTranslations.parse(body, options).stream).toBe(false)
})

describe('an edit of images', () => {
  it('may be routed without a model', () => {
    expect(imagesEdits.parse(form(part('prompt', 'p')), options).model).toBe('')
  })

  it('may be JSON', () => {
    const body = createRawBody(new TextEncoder().encode('{"model":"i","stream":true}'), '')
    const parsed = imagesEdits.parse(body, options)
    expect([parsed.model, parsed.stream, parsed.body]).toEqual(['i', true, body])
  })
})
