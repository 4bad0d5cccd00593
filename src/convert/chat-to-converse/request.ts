// A chat request as the body of Converse or ConverseStream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { isRecord } from '../../json/is-record.ts'
import { type RawJson, rawJson } from '../../json/raw-json.ts'
import { readMember } from '../../json/read-raw.ts'
import type { ConverseRequest, InferenceConfig } from '../../wire/bedrock/converse.ts'
import type { ChatRequest, CheckedChatRequest } from '../../wire/openai/chat.ts'
import { checkChatRequest } from '../../wire/openai/check-chat.ts'
import { refusal } from '../refusal.ts'
import { createWireNames, type WireNames } from '../wire-names.ts'
import { limitCachePoints } from './cache-points.ts'
import { convertMessages } from './messages.ts'
import { modelFamily } from './model-family.ts'
import { convertReasoning } from './reasoning.ts'
import { convertResponseFormat } from './response-format.ts'
import { convertTools } from './tools.ts'

export interface RequestSource {
  /** The model to ask, which decides between dialects inside Converse. */
  readonly model: string
  /** The request's JSON text: numbers and key order of foreign parts are read from it. */
  readonly text: () => string
}

export interface ConvertedRequest {
  /** For `writeJson`: it holds fragments of the client's JSON. */
  readonly body: ConverseRequest
  /** Restores tool names in the answer. */
  readonly tools: WireNames
}

/** Throws a `GatewayError`: `malformed-request` for a wrong type, `invalid-request` for a refusal. */
export function convertRequest(request: ChatRequest, source: RequestSource): ConvertedRequest {
  const checked = checkChatRequest(request)
  const family = modelFamily(source.model)
  const tools = createWireNames()
  const conversation = convertMessages(checked.messages ?? [], {
    tools,
    callIds: createWireNames(),
    needsSignature: family === 'claude',
  })
  const { messages } = conversation
  const converted = convertTools(checked, { family, names: tools, text: source.text, messages })
  const format = convertResponseFormat(checked.response_format, source.text)
  const cacheable = limitCachePoints({
    messages,
    system: format.system ? [...conversation.system, format.system] : conversation.system,
    tools: converted.toolConfig?.tools ?? [],
  })
  const fields = {
    ...convertReasoning(checked, family),
    ...converted.fields,
    ...(checked.top_k == null ? {} : { top_k: checked.top_k }),
    ...readExtensionFields(checked, source.text),
  }
  const body: ConverseRequest = {
    additionalModelRequestFields: Object.keys(fields).length > 0 ? fields : undefined,
    inferenceConfig: convertInference(checked),
    messages: cacheable.messages,
    system: cacheable.system.length > 0 ? cacheable.system : undefined,
    serviceTier: convertServiceTier(checked.service_tier),
    toolConfig: converted.toolConfig && { ...converted.toolConfig, tools: cacheable.tools },
    outputConfig: format.outputConfig,
    guardrailConfig: readExtension(checked, 'guardrailConfig', source.text),
    performanceConfig: readExtension(checked, 'performanceConfig', source.text),
    requestMetadata: readExtension(checked, 'requestMetadata', source.text),
  }
  return { body, tools }
}

function convertInference(request: CheckedChatRequest): InferenceConfig {
  const stop = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? [])
  // Bedrock rejects empty sequences.
  const stopSequences = stop.filter((sequence) => sequence !== '')
  const { temperature } = request
  if (temperature != null && !(temperature >= 0 && temperature <= 1)) {
    throw refusal('the temperature must be between 0 and 1 at AWS Bedrock', 'temperature')
  }
  return {
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    stopSequences: stopSequences.length > 0 ? stopSequences : undefined,
    temperature: temperature ?? undefined,
    topP: request.top_p ?? undefined,
  }
}

/** OpenAI's `auto` is what Bedrock does unasked; its `scale` is unknown there and would be rejected. */
function convertServiceTier(
  tier: CheckedChatRequest['service_tier'],
): { type: string } | undefined {
  return tier && tier !== 'auto' && tier !== 'scale' ? { type: tier } : undefined
}

/** A member of Converse that a client may set in the chat request itself. */
function readExtension(
  request: CheckedChatRequest,
  field: string,
  text: () => string,
): RawJson | undefined {
  const value = request[field]
  if (value === undefined || value === null) return undefined
  if (!isRecord(value)) throw refusal('expected an object', field)
  return rawJson(readMember(text(), field) ?? 'null')
}

function readExtensionFields(
  request: CheckedChatRequest,
  text: () => string,
): Readonly<Record<string, RawJson>> {
  const field = 'additionalModelRequestFields'
  const value = request[field]
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw refusal('expected an object', field)
  const raw = readMember(text(), field)
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, rawJson(readMember(raw, key) ?? 'null')]),
  )
}
