// Imagen's `predict`: every image a single pixel.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api
import { readJson, type SimulatedRequest, type WholeAnswer } from './dialect.ts'
import { googleJson, rejectAsGoogle } from './google-error.ts'
import { type Members, readMessage, readNumber, readRepeated, readString } from './google-fields.ts'
import { pixel } from './pixel.ts'

export const isImagen = (model: string) => /^image(?:n|generation)/.test(model)

const parameterNames = [
  'sampleCount',
  'aspectRatio',
  'sampleImageSize',
  'outputOptions',
  'safetySetting',
  'includeRaiReason',
  'editMode',
]

/** Throws a `Rejection`. */
export function answerImagen(request: SimulatedRequest, model: string): WholeAnswer {
  const body = readJson(request.body)
  if (body === undefined) return rejectAsGoogle('Invalid JSON payload received. Unexpected token.')
  const members = readMessage(body, '', ['instances', 'parameters', 'labels'])
  const [first, ...more] = readRepeated(members, 'instances', '')
  if (first === undefined || more.length > 0) rejectAsGoogle('Only one instance is supported.')
  const instance = readMessage(first, 'instances[0]', ['prompt', 'referenceImages'])
  const edits = readReferences(instance)
  const isEditor = model.includes('capability')
  if (edits && !isEditor) rejectAsGoogle(`${model} does not support referenceImages.`)
  if (!edits && !readString(instance, 'prompt', 'instances[0]')) {
    rejectAsGoogle('The prompt is empty.')
  }
  const parameters = readMessage(members.parameters ?? {}, 'parameters', parameterNames)
  const count = readNumber(parameters, 'sampleCount', 'parameters', {
    least: 1,
    most: 4,
    integer: true,
  })
  readChoice(parameters, 'aspectRatio', ['1:1', '3:4', '4:3', '9:16', '16:9'])
  readChoice(parameters, 'sampleImageSize', ['1K', '2K'])
  const options = readMessage(parameters.outputOptions ?? {}, 'parameters.outputOptions', [
    'mimeType',
    'compressionQuality',
  ])
  readChoice(options, 'mimeType', ['image/png', 'image/jpeg'])
  return googleJson({
    predictions: Array.from({ length: count ?? 4 }, () => ({
      bytesBase64Encoded: pixel,
      mimeType: 'image/png',
    })),
  })
}

/** Whether there are any. */
function readReferences(instance: Members): boolean {
  const references = readRepeated(instance, 'referenceImages', 'instances[0]')
  const raw = references.filter((each, index) => {
    const path = `instances[0].referenceImages[${index}]`
    const known = ['referenceType', 'referenceId', 'referenceImage', 'maskImageConfig']
    const reference = readMessage(each, path, known)
    const image = readMessage(reference.referenceImage, `${path}.referenceImage`, [
      'bytesBase64Encoded',
      'gcsUri',
    ])
    if (image.bytesBase64Encoded === undefined && image.gcsUri === undefined) {
      rejectAsGoogle('The reference image is empty.')
    }
    return readString(reference, 'referenceType', path) === 'REFERENCE_TYPE_RAW'
  })
  if (raw.length > 1) rejectAsGoogle('At most one raw reference image is supported.')
  return references.length > 0
}

function readChoice(members: Members, name: string, choices: readonly string[]): void {
  const value = readString(members, name, 'parameters')
  if (value !== undefined && !choices.includes(value)) {
    rejectAsGoogle(`Invalid value for ${name}: ${value}. Supported values: ${choices.join(', ')}.`)
  }
}
