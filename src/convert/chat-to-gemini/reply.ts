// An answer of generateContent as a chat completion.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import { readGeminiUsage } from '../../usage/gemini-usage.ts'
import type { Usage } from '../../usage/usage.ts'
import type { ChatAnswer, ChatCompletion } from '../../wire/openai/chat.ts'
import { createAnswerText } from './answer-text.ts'
import { finishReason } from './finish-reason.ts'
import { convertGrounding } from './grounding.ts'
import { convertLogprobs } from './logprobs.ts'
import { listParts, readParts, readRawParts, type Said } from './parts.ts'
import type { AnswerForm } from './structured-output.ts'
import { writeGeminiUsage } from './usage.ts'

/** What an answer needs that Gemini does not always say. */
export interface AnswerHead {
  /** Seconds since the epoch: when the answer came. */
  readonly received: number
  /** The model that was asked. */
  readonly model: string
  readonly form: AnswerForm
  readonly uuid: () => string
}

export interface ConvertedReply {
  readonly completion: ChatCompletion
  readonly usage: Usage | undefined
}

type Choice = ChatCompletion['choices'][number]

/** `text` is the answer's own JSON. `undefined` where it is no answer. */
export function convertReply(text: string, head: AnswerHead): ConvertedReply | undefined {
  const answer = parse(text)
  if (!isRecord(answer) || isRecord(answer.error)) return undefined
  const candidates: readonly unknown[] = Array.isArray(answer.candidates) ? answer.candidates : []
  const created = readTime(answer.createTime) ?? head.received
  const choices = candidates.flatMap((candidate, index) =>
    isRecord(candidate)
      ? convertCandidate(candidate, index, {
          form: head.form,
          uuid: head.uuid,
          created,
          raw: () => readRawParts(text, index),
        })
      : [],
  )
  const usage = readGeminiUsage(answer.usageMetadata)
  const blocked = choices.length === 0 ? readBlocked(answer.promptFeedback) : undefined
  const completion: ChatCompletion = {
    id: readText(answer.responseId) || `chatcmpl-${head.uuid()}`,
    choices: blocked === undefined ? choices : [refusedChoice(blocked)],
    created,
    model: readText(answer.modelVersion) || head.model,
    object: 'chat.completion',
    usage: usage && writeGeminiUsage(usage, answer.usageMetadata),
  }
  return { completion, usage }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A time of RFC 3339 as seconds since the epoch; `undefined` for what is none. */
export function readTime(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}

/** Why the prompt was not answered at all. */
export function readBlocked(feedback: unknown): string | undefined {
  if (!isRecord(feedback)) return undefined
  const { blockReason, blockReasonMessage } = feedback
  const reason = readText(blockReason)
  return reason === '' ? undefined : readText(blockReasonMessage) || reason
}

function refusedChoice(reason: string): Choice {
  return {
    finish_reason: 'content_filter',
    index: 0,
    message: { content: null, role: 'assistant', refusal: reason },
  }
}

interface CandidateContext extends Pick<AnswerHead, 'form' | 'uuid'> {
  readonly created: number
  readonly raw: () => string | undefined
}

function convertCandidate(
  candidate: Readonly<Record<string, unknown>>,
  position: number,
  context: CandidateContext,
): Choice {
  const parts = listParts(candidate)
  const said = readParts(parts, context)
  const reason = finishReason(candidate.finishReason, said.calls ? 'has-calls' : 'no-calls')
  return {
    finish_reason: reason ?? '',
    index: typeof candidate.index === 'number' ? candidate.index : position,
    logprobs: convertLogprobs(candidate.logprobsResult),
    message: convertMessage(candidate, said, writeText(said.content, parts, context.form), context),
  }
}

function convertMessage(
  candidate: Readonly<Record<string, unknown>>,
  said: Said,
  content: string,
  { created, uuid }: CandidateContext,
): ChatAnswer {
  return {
    content: content === '' ? null : content,
    role: 'assistant',
    tool_calls: said.calls,
    annotations: convertGrounding(candidate.groundingMetadata, content),
    audio:
      said.audio === undefined
        ? undefined
        : { id: `audio_${uuid()}`, data: said.audio, expires_at: created, transcript: content },
    reasoning_content: said.reasoning || undefined,
    thinking_blocks: said.thinking,
    images: said.images?.map((image_url, index) => ({ type: 'image_url', image_url, index })),
    safety_ratings: candidate.safetyRatings ?? undefined,
    grounding_metadata: candidate.groundingMetadata ?? undefined,
  }
}

function writeText(content: string, parts: readonly unknown[], form: AnswerForm): string {
  if (form === 'plain') return content
  // Several parts may each be a string of their own.
  if (form === 'json-string' && parts.length > 1 && typeof parse(content) !== 'string') {
    return parts.map((part) => stripQuotes(readPlainText(part))).join('')
  }
  const text = createAnswerText(form)
  return text.push(content) + text.end()
}

function readPlainText(part: unknown): string {
  return isRecord(part) && part.thought !== true ? readText(part.text) : ''
}

function stripQuotes(text: string): string {
  return text.replace(/^"/, '').replace(/"$/, '')
}
