// POST /v1/completions: https://platform.openai.com/docs/api-reference/completions/create
import type { Endpoint } from './endpoint.ts'
import type { JsonObject } from './json-endpoint.ts'
import { parseMetered } from './stream-options.ts'

const path = '/v1/completions'

export const completions: Endpoint<'completions', JsonObject> = {
  id: 'completions',
  path,
  dialect: 'openai',
  operation: 'completion',
  parse: (raw, options) => parseMetered(raw, path, options),
}
