// An endpoint whose JSON is read as far as routing and accounting need it, and no further.
import type { Dialect, Endpoint } from './endpoint.ts'
import { readBoolean, readJsonEnvelope } from './json-envelope.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export interface JsonEndpointParts<Id extends string> {
  readonly id: Id
  readonly path: string
  readonly operation: string
  readonly dialect?: Dialect
  /** Whether the request asks for a stream. Absent: by its member `stream`. */
  isStream?(request: JsonObject): boolean
}

export function createJsonEndpoint<Id extends string>(
  parts: JsonEndpointParts<Id>,
): Endpoint<Id, JsonObject> {
  const { id, path, operation, dialect = 'openai' } = parts
  const isStream = parts.isStream ?? ((request) => readBoolean(request, 'stream', path))
  return {
    id,
    path,
    dialect,
    operation,
    parse(raw, { fallbackModel }) {
      const { request, model, body } = readJsonEnvelope(raw, path, fallbackModel)
      return { request, model, stream: isStream(request), body }
    },
  }
}
