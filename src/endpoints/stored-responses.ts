// Responses that a provider keeps: asked for by id, in requests that name no model.
// https://platform.openai.com/docs/api-reference/responses/get
import type { Endpoint } from './endpoint.ts'

export interface StoredResponse {
  /** What is asked for, from `responses/` on, as the client encoded it. */
  readonly suffix: string
  /** `''`, or the query with its question mark. */
  readonly search: string
}

interface StoredResponseParts<Id extends string> {
  readonly id: Id
  readonly path: string
  readonly operation: string
  readonly method: 'GET' | 'DELETE' | 'POST'
}

function createStoredEndpoint<Id extends string>(
  parts: StoredResponseParts<Id>,
): Endpoint<Id, StoredResponse> {
  return {
    ...parts,
    dialect: 'openai',
    namesNoModel: true,
    parse(body, { fallbackModel = '', url = '' }) {
      const [, suffix = '', search = ''] =
        /\/(responses\/[^?#]*)(\?[^#]*)?(?:#.*)?$/.exec(url) ?? []
      const stream = new URLSearchParams(search).get('stream') === 'true'
      return { request: { suffix, search }, model: fallbackModel, stream, body }
    },
  }
}

export const responseGet = createStoredEndpoint({
  id: 'response-get',
  method: 'GET',
  path: '/v1/responses/:id',
  operation: 'responses_get',
})

export const responseDelete = createStoredEndpoint({
  id: 'response-delete',
  method: 'DELETE',
  path: '/v1/responses/:id',
  operation: 'responses_delete',
})

export const responseCancel = createStoredEndpoint({
  id: 'response-cancel',
  method: 'POST',
  path: '/v1/responses/:id/cancel',
  operation: 'responses_cancel',
})

export const responseInputItems = createStoredEndpoint({
  id: 'response-input-items',
  method: 'GET',
  path: '/v1/responses/:id/input_items',
  operation: 'responses_input_items',
})
