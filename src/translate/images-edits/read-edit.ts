// An edit's fields and pictures, from a form or from JSON.
// https://platform.openai.com/docs/api-reference/images/createEdit
import type { EditSources } from '../../convert/images/imagen-request.ts'
import {
  type Picture,
  readPictureFile,
  readPictureReference,
} from '../../convert/images/picture.ts'
import { refusal } from '../../convert/refusal.ts'
import type { Call } from '../../endpoints/endpoint.ts'
import type { RequestOf } from '../../endpoints/index.ts'

export interface Edit {
  /** As they are named; numbers are numbers. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly sources: EditSources
}

type EditCall = Call<RequestOf<'images-edits'>>

/** Throws a `GatewayError` (`invalid-request`) for a picture that is none. */
export function readEdit(call: EditCall): Edit {
  const { request } = call
  return request.form === undefined ? readJson(request.json) : readForm(request.form, call)
}

function readJson(json: Readonly<Record<string, unknown>>): Edit {
  const { images = [], mask } = json
  const list = images ?? []
  if (!Array.isArray(list)) throw refusal('expected an array', 'images')
  return {
    fields: json,
    sources: {
      images: list.map((each, index) => readPictureReference(each, `images[${index}]`)),
      mask: mask === undefined || mask === null ? undefined : readPictureReference(mask, 'mask'),
    },
  }
}

const numbers = new Set(['n', 'output_compression'])

function readForm(
  form: NonNullable<EditCall['request']['form']>,
  { body }: Pick<EditCall, 'body'>,
): Edit {
  const fields = new Map<string, unknown>()
  const images: Picture[] = []
  let mask: Picture | undefined
  for (const { name, filename, from, to } of form.parts) {
    if (filename === undefined) {
      const text = form.text(name) ?? ''
      const isNumber = numbers.has(name) && /^-?\d+$/.test(text)
      fields.set(name, isNumber ? Number(text) : text)
      continue
    }
    const bytes = body.bytes.subarray(from, to)
    if (name === 'mask') mask = readPictureFile(bytes, 'mask')
    else if (name === 'image' || name === 'image[]') {
      images.push(readPictureFile(bytes, `image[${images.length}]`))
    }
  }
  return { fields: Object.fromEntries(fields), sources: { images, mask } }
}
