// What every JSON endpoint reads first: an object, its model, and that a model key stands there once.
import { GatewayError } from '../errors.ts'
import { isRecord } from '../json/is-record.ts'
import { parseOutline } from '../json/outline.ts'
import { JsonError, parseJson } from '../json/parse.ts'
import { hasDuplicateMember, setOnly } from '../json/splice.ts'
import type { RawBody } from './endpoint.ts'
import { createTextBody } from './raw-body.ts'

export interface JsonEnvelope {
  readonly request: Readonly<Record<string, unknown>>
  /** `''` where there is none. */
  readonly model: string
  readonly body: RawBody
}

const malformed = (path: string, detail: string) =>
  new GatewayError(
    'malformed-request',
    `malformed request: failed to parse JSON for ${path}: ${detail}`,
  )

/** `path` is the endpoint's, for the message. Throws a `GatewayError` (`malformed-request`). */
export function readJsonEnvelope(
  body: RawBody,
  path: string,
  fallbackModel: string | undefined,
): JsonEnvelope {
  if (body.contentType.toLowerCase().startsWith('multipart/form-data')) {
    throw new GatewayError(
      'malformed-request',
      'malformed request: multipart body not supported for this endpoint',
    )
  }
  const request = parseObject(body, path)
  const { model } = request
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw malformed(path, `model: expected a string, got ${typeName(model)}`)
  }
  if (typeof model === 'string' && model !== '') {
    return { request, model, body: withOneModel(body, model) }
  }
  if (fallbackModel === undefined || fallbackModel === '') return { request, model: '', body }
  return {
    request: { ...request, model: fallbackModel },
    model: fallbackModel,
    body: createTextBody(
      setOnly(body.text(), 'model', JSON.stringify(fallbackModel)),
      body.contentType,
    ),
  }
}

function parseObject(body: RawBody, path: string): Readonly<Record<string, unknown>> {
  const outline = body.outline()
  if (outline.text.trim() === '') throw malformed(path, 'the body is empty')
  let value: unknown
  try {
    value = parseOutline(outline)
  } catch (error) {
    throw malformed(path, describeProblem(body, error))
  }
  if (!isRecord(value)) throw malformed(path, `expected an object, got ${typeName(value)}`)
  return value
}

/** The place that it names is one in the text as it came. */
function describeProblem(body: RawBody, error: unknown): string {
  try {
    if (body.outline().strings.length > 0) parseJson(body.text())
  } catch (actual) {
    return describeProblemIn(actual)
  }
  return describeProblemIn(error)
}

const describeProblemIn = (error: unknown) =>
  error instanceof JsonError ? error.message : 'invalid JSON'

/** A provider that reads the first of two `model` keys would serve another model than was routed. */
function withOneModel(body: RawBody, model: string): RawBody {
  const { text } = body.outline()
  const first = text.indexOf('"model"')
  // Only another spelling of the key, or a second one, can be a duplicate.
  const suspicious = text.includes('"model"', first + 1) || text.includes('\\u')
  if (!suspicious || !hasDuplicateMember(text, 'model')) return body
  return createTextBody(setOnly(body.text(), 'model', JSON.stringify(model)), body.contentType)
}

/** A member that must be a boolean where it is there; null counts as absent. */
export function readBoolean(
  request: Readonly<Record<string, unknown>>,
  name: string,
  path: string,
): boolean {
  const value = request[name]
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  throw malformed(path, `${name}: expected a boolean, got ${typeName(value)}`)
}

/** A member that must be an object where it is there. */
export function readObject(
  request: Readonly<Record<string, unknown>>,
  name: string,
  path: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = request[name]
  if (value === undefined || value === null) return undefined
  if (isRecord(value)) return value
  throw malformed(path, `${name}: expected an object, got ${typeName(value)}`)
}

const typeName = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
