// A chat request as the body of Anthropic's Messages, whoever runs the model.
// https://platform.claude.com/docs/en/api/messages/create
import type { MessagesRequest, TextBlock } from '../../wire/anthropic/messages.ts'
import type { ChatRequest, CheckedChatRequest } from '../../wire/openai/chat.ts'
import { checkChatRequest } from '../../wire/openai/check-chat.ts'
import { jsonObjectHint } from '../json-object-hint.ts'
import { refusal } from '../refusal.ts'
import { createWireNames, type WireNames } from '../wire-names.ts'
import { limitCacheMarkers } from './cache-markers.ts'
import { convertMessages } from './messages.ts'
import { convertOutput } from './output.ts'
import { usualMaxTokens } from './platform.ts'
import type { RequestSource } from './request-source.ts'
import { convertThinking } from './thinking.ts'
import { convertTools } from './tools.ts'

export interface ConvertedRequest {
  /** For `stringifyJson`: it holds fragments of the client's JSON. */
  readonly body: MessagesRequest
  /** What has to be switched on with `anthropic-beta`. */
  readonly betas: readonly string[]
  readonly names: AnswerNames
}

/** What the answer needs to know of the request. */
export interface AnswerNames {
  /** Restores tool names. */
  readonly tools: WireNames
  /** A tool of our own making, whose input is the answer's content. */
  readonly answerTool: string | undefined
}

/** Room for the answer beside what is thought. */
const answerRoom = 4096

/** Throws a `GatewayError`: `malformed-request` for a wrong type, `invalid-request` for a refusal. */
export function convertRequest(request: ChatRequest, source: RequestSource): ConvertedRequest {
  const checked = checkChatRequest(request)
  // Objects are written out here: V8 makes a hidden class for each that a spread is a part of.
  const { model, platform, text, frame = {} } = source
  if ((checked.n ?? 1) > 1) {
    throw refusal(`${platform.provider} gives one choice for a request`, 'n')
  }
  const tools = createWireNames()
  const conversation = convertMessages(checked, {
    platform,
    tools,
    callIds: createWireNames(),
  })
  const asked = checked.max_completion_tokens ?? checked.max_tokens ?? undefined
  const reasoning = convertThinking(checked, model, asked)
  const thinks = reasoning.thinking?.type === 'enabled' || reasoning.thinking?.type === 'adaptive'
  const output = convertOutput(checked.response_format, source)
  const offered = convertTools(checked, {
    model,
    platform,
    text,
    tools,
    thinks,
    answer: output.answer,
  })
  const hints: readonly TextBlock[] = [
    ...(checked.response_format?.type === 'json_object' ? [jsonObjectHint] : []),
    ...(offered.hint === undefined ? [] : [offered.hint]),
  ].map((text) => ({ type: 'text', text }))
  const cacheable = limitCacheMarkers({
    tools: offered.tools,
    system: [...conversation.system, ...hints],
    messages: conversation.messages,
  })
  const { effort } = reasoning
  const sampling = convertSampling(checked, thinks ? 'fixed' : 'free')
  const body: MessagesRequest = {
    model: frame.model,
    anthropic_version: frame.anthropic_version,
    anthropic_beta: frame.anthropic_beta,
    max_tokens: asked ?? roomFor(model, reasoning.thinking),
    messages: cacheable.messages,
    system: cacheable.system.length > 0 ? cacheable.system : undefined,
    tools: cacheable.tools.length > 0 ? cacheable.tools : undefined,
    tool_choice: offered.choice,
    output_config: effort || output.format ? { effort, format: output.format } : undefined,
    temperature: sampling.temperature,
    top_p: sampling.top_p,
    top_k: sampling.top_k,
    stop_sequences: convertStop(checked.stop),
    thinking: reasoning.thinking,
    metadata: checked.user ? { user_id: checked.user } : undefined,
    service_tier: platform.serviceTiers ? convertTier(checked.service_tier) : undefined,
    stream: frame.stream,
  }
  return { body, betas: conversation.betas, names: { tools, answerTool: offered.answerTool } }
}

function roomFor(model: string, thinking: MessagesRequest['thinking']): number {
  const budget = thinking?.type === 'enabled' ? (thinking.budget_tokens ?? 0) : 0
  return Math.max(usualMaxTokens(model), budget > 0 ? budget + answerRoom : 0)
}

/** `fixed`: with thinking, no other temperature than 1 is taken, no `top_k`, and little of `top_p`. */
function convertSampling(
  request: CheckedChatRequest,
  freedom: 'free' | 'fixed',
): Pick<MessagesRequest, 'temperature' | 'top_p' | 'top_k'> {
  const { temperature, top_p, top_k } = request
  if (temperature != null && !(temperature >= 0 && temperature <= 1)) {
    throw refusal(
      `temperature ${temperature.toFixed(2)} is not supported by Anthropic (must be between 0.0 and 1.0)`,
      'temperature',
    )
  }
  if (freedom === 'fixed') return { top_p: top_p != null && top_p >= 0.95 ? top_p : undefined }
  return {
    temperature: temperature ?? undefined,
    top_p: top_p ?? undefined,
    top_k: top_k ?? undefined,
  }
}

/** Empty sequences are rejected. */
function convertStop(stop: CheckedChatRequest['stop']): readonly string[] | undefined {
  const list = typeof stop === 'string' ? [stop] : (stop ?? [])
  const sequences = list.filter((sequence) => sequence !== '')
  return sequences.length > 0 ? sequences : undefined
}

function convertTier(
  tier: CheckedChatRequest['service_tier'],
): 'auto' | 'standard_only' | undefined {
  if (tier === 'auto') return 'auto'
  return tier === 'default' ? 'standard_only' : undefined
}
