// The types of a chat request's known fields, checked for whoever must read them all: a pass-through
// needs the envelope only, and new fields must reach it without a release of the gateway.
import { GatewayError } from '../../errors.ts'
import {
  anything,
  arrayOf,
  boolean,
  type Check,
  integer,
  mapOf,
  number,
  object,
  string,
  union,
  within,
} from '../../json/check.ts'
import type { ChatRequest, CheckedChatRequest } from './chat.ts'

/**
 * The same request, with its types known. Throws a `GatewayError` (`malformed-request`) that names the
 * first field of another type. Unknown fields may be anything; `null` is as good as absent.
 */
export function checkChatRequest(request: ChatRequest): CheckedChatRequest {
  const problem = chatRequest(request, '')
  if (problem) {
    throw new GatewayError(
      'malformed-request',
      `malformed request: failed to parse JSON for /v1/chat/completions: ${problem.text} (${problem.where || 'the body'})`,
    )
  }
  return request as CheckedChatRequest // what `chatRequest` has just checked
}

/** A string, or a list of parts; another kind has its own text. */
function textOr(
  parts: Check,
  texts: { readonly otherKind: string; readonly badPart: string },
): Check {
  const list = within(texts.badPart, arrayOf(parts))
  return (value, where) => {
    if (typeof value === 'string') return undefined
    return Array.isArray(value) ? list(value, where) : { text: texts.otherKind, where }
  }
}

const link = object({ url: string })

const userPart = union(
  'type',
  {
    text: object({ text: string }),
    image_url: object({ image_url: object({ url: string, detail: string }) }),
    input_audio: object({ input_audio: object({ data: string, format: string }) }),
    audio_url: object({ audio_url: link }),
    video_url: object({ video_url: link }),
    file: object({ file: object({ file_data: string, file_id: string, filename: string }) }),
  },
  {
    missing: 'chat content does not have type',
    unknown: (type) => `unknown ChatCompletionContentPartUnionParam type: ${type}`,
  },
)

const userContent = textOr(userPart, {
  otherKind: 'cannot unmarshal JSON data as string or array of content parts',
  badPart: 'cannot unmarshal JSON data as string or array of content parts',
})

/** Meant to be text, but its `type` is not looked at. */
const loosePart = object({
  type: string,
  text: string,
  image_url: object({ url: string }),
  file: object({ file_data: string, file_id: string, filename: string }),
})

const textContent = textOr(loosePart, {
  otherKind: 'invalid content type (must be string or array of ChatCompletionContentPartTextParam)',
  badPart: 'cannot unmarshal content as []ChatCompletionContentPartTextParam',
})

const assistantPart = object({
  type: string,
  text: string,
  refusal: string,
  thinking: string,
  signature: string,
  redactedContent: string,
  data: string,
})

const assistantContent: Check = (value, where) => {
  if (typeof value === 'string') return undefined
  const parts = Array.isArray(value) ? arrayOf(assistantPart) : assistantPart
  return within('cannot unmarshal JSON data as string or assistant content parts', parts)(
    value,
    where,
  )
}

const systemMessage = object({ content: textContent, name: string })

/** One message of a conversation. */
export const chatMessage = union(
  'role',
  {
    system: systemMessage,
    developer: systemMessage,
    user: object({ content: userContent, name: string }),
    assistant: object({
      content: assistantContent,
      name: string,
      refusal: string,
      audio: object({ id: string }),
      tool_calls: arrayOf(
        object({ id: string, type: string, function: object({ name: string, arguments: string }) }),
      ),
      thinking_blocks: arrayOf(
        object({ type: string, thinking: string, signature: string, data: string }),
      ),
    }),
    tool: object({ content: textContent, tool_call_id: string }),
  },
  {
    missing: 'chat message does not have role',
    unknown: (role) => `unknown ChatCompletionMessageParam type: ${role}`,
  },
)

const searchFilter = object({
  exclude_domains: arrayOf(string),
  blocking_confidence: string,
  time_range_filter: object({ start_time: string, end_time: string }),
})

const tool = object({
  type: string,
  function: object({ name: string, description: string, strict: boolean, parameters: anything }),
  google_search: searchFilter,
  enterprise_search: searchFilter,
})

const namedChoice = object({ type: string, function: object({ name: string }) })

const toolChoice: Check = (value, where) => {
  if (typeof value === 'string') return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return namedChoice(value, where)
  return { text: 'tool choice must be either string or ChatCompletionNamedToolChoice', where }
}

const stop = textOr(string, {
  otherKind: 'expected a string or an array of strings',
  badPart: 'expected a string or an array of strings',
})

const responseFormat = union(
  'type',
  {
    text: anything,
    json_object: anything,
    json_schema: object({
      json_schema: object({ name: string, description: string, strict: boolean }),
    }),
  },
  {
    missing: 'response format does not have type',
    unknown: () => 'unsupported ChatCompletionResponseFormatType',
  },
)

const thinking = union(
  'type',
  {
    enabled: object({ budget_tokens: integer, includeThoughts: boolean, display: string }),
    disabled: anything,
    adaptive: object({ display: string }),
  },
  {
    missing: 'thinking config does not have a type',
    unknown: (type) => `invalid thinking union type: ${type}`,
  },
)

const predictionContent = textOr(loosePart, {
  otherKind: 'expected a string or an array of text parts',
  badPart: 'expected a string or an array of text parts',
})

const chatRequest = object({
  model: string,
  messages: arrayOf(chatMessage),
  stream: boolean,
  stream_options: object({ include_usage: boolean }),
  max_completion_tokens: integer,
  max_tokens: integer,
  temperature: number,
  top_p: number,
  top_k: integer,
  stop,
  tools: arrayOf(tool),
  tool_choice: toolChoice,
  parallel_tool_calls: boolean,
  service_tier: string,
  reasoning_effort: string,
  thinking,
  response_format: responseFormat,
  frequency_penalty: number,
  presence_penalty: number,
  logit_bias: mapOf(integer),
  logprobs: boolean,
  top_logprobs: integer,
  n: integer,
  seed: integer,
  verbosity: string,
  user: string,
  modalities: arrayOf(string),
  audio: object({ voice: string, format: string }),
  prediction: object({ type: string, content: predictionContent }),
  web_search_options: object({
    user_location: object({
      type: string,
      approximate: object({ city: string, region: string, country: string }),
    }),
    search_context_size: string,
  }),
  guided_choice: arrayOf(string),
  guided_regex: string,
  generationConfig: object({ media_resolution: string, mediaResolution: string, topK: integer }),
  cachedContent: string,
  safetySettings: arrayOf(object({ category: string, threshold: string, method: string })),
})
