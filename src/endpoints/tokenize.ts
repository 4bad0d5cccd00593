// POST /tokenize, as vLLM has it: how many tokens a prompt or a conversation is.
// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#tokenizer-api
import { GatewayError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import type { JsonObject } from './json-endpoint.ts'
import { readJsonEnvelope } from './json-envelope.ts'

const path = '/tokenize'

const malformed = (detail: string) =>
  new GatewayError('malformed-request', `malformed request: ${detail}`)

export const tokenize: Endpoint<'tokenize', JsonObject> = {
  id: 'tokenize',
  path,
  dialect: 'openai',
  operation: 'tokenize',
  parse(raw, { fallbackModel }) {
    const { request, model, body } = readJsonEnvelope(raw, path, fallbackModel)
    if (isThere(request.prompt) && isThere(request.messages)) {
      throw malformed(
        `failed to parse JSON for ${path}: tokenize request must have either 'prompt' or 'messages', not both`,
      )
    }
    if (model === '') throw malformed('invalid tokenize request: model is required')
    if (request.continue_final_message === true && request.add_generation_prompt !== false) {
      throw malformed(
        'invalid tokenize request: cannot set both continue_final_message and add_generation_prompt to true',
      )
    }
    return { request, model, stream: false, body }
  },
}

const isThere = (value: unknown) => value !== undefined && value !== null
