// The events of streamGenerateContent as chat chunks.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference#streamgeneratecontent
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { Frame, Meter, Rewrite, SseWriter } from '../../streams/stream-translator.ts'
import { readGeminiUsage } from '../../usage/gemini-usage.ts'
import type { ChatChunk, ChatDelta } from '../../wire/openai/chat.ts'
import { readGoogleFailure, vertexErrorType } from '../errors/google-error.ts'
import { writeOpenAIFailure } from '../errors/openai-error.ts'
import { type AnswerText, createAnswerText } from './answer-text.ts'
import { finishReason } from './finish-reason.ts'
import { convertGrounding } from './grounding.ts'
import { convertLogprobs } from './logprobs.ts'
import { listParts, readParts, readRawParts, type Said } from './parts.ts'
import { type AnswerHead, readBlocked, readTime } from './reply.ts'
import { writeGeminiUsage } from './usage.ts'

type Payload = Readonly<Record<string, unknown>>
type Choice = ChatChunk['choices'][number]

/** What is kept of a choice between events. */
interface ChoiceState {
  readonly text: AnswerText
  begun: boolean
  finished: boolean
  calls: number
  blocks: number
  images: number
  /** What has been said so far, where sources may come to be counted in it. */
  content: string
}

/**
 * Chunks as OpenAI writes them: the role in a choice's first one only, each call whole in one delta, one finish
 * reason, and the usage once, at the end, for Gemini repeats it in every event.
 */
export function createChunkStream(head: AnswerHead): Rewrite {
  const choices = new Map<number, ChoiceState>()
  let id = ''
  let created = head.received
  let model: string | undefined
  let usageMetadata: unknown

  const stateOf = (index: number): ChoiceState => {
    const known = choices.get(index)
    if (known !== undefined) return known
    const state = {
      text: createAnswerText(head.form),
      begun: false,
      finished: false,
      calls: 0,
      blocks: 0,
      images: 0,
      content: '',
    }
    choices.set(index, state)
    return state
  }
  const send = (list: readonly Choice[], out: SseWriter) => {
    const chunk: ChatChunk = {
      id,
      choices: list,
      created,
      model: head.model,
      object: 'chat.completion.chunk',
    }
    out.send(chunk)
  }

  const begin = (event: Payload, meter: Meter) => {
    if (id === '') {
      id = readText(event.responseId) || `chatcmpl-${head.uuid()}`
      created = readTime(event.createTime) ?? head.received
    }
    const version = readText(event.modelVersion) || model || head.model
    if (version === model) return
    model = version
    meter.model(version)
  }

  const onCandidates = (
    candidates: readonly unknown[],
    frame: Frame,
    out: SseWriter,
    meter: Meter,
  ) => {
    const list: Choice[] = []
    for (let position = 0; position < candidates.length; position++) {
      const candidate = candidates[position]
      if (!isRecord(candidate)) continue
      const index = typeof candidate.index === 'number' ? candidate.index : position
      const said = readParts(listParts(candidate), {
        raw: () => readRawParts(frame.data, position),
        uuid: head.uuid,
      })
      const choice = convertCandidate(candidate, said, index, stateOf(index), created)
      if (choice !== undefined) list.push(choice)
      if (saysSomething(choice)) meter.content()
    }
    if (list.length > 0) send(list, out)
  }

  const onBlocked = (reason: string, out: SseWriter, meter: Meter) => {
    const state = stateOf(0)
    if (state.finished) return
    const role = state.begun ? undefined : 'assistant'
    state.begun = true
    state.finished = true
    meter.content()
    send([{ index: 0, delta: { role, refusal: reason }, finish_reason: 'content_filter' }], out)
  }

  return {
    kind: 'rewrite',
    framing: 'sse-or-json',
    frame(frame: Frame, out: SseWriter, meter: Meter) {
      const value = frame.json()
      const event: unknown = Array.isArray(value) ? value[0] : value
      if (!isRecord(event)) {
        // What cannot be read of an event would be lost text; other things in between are not Gemini's.
        if (value === undefined && /^\s*[[{]/.test(frame.data))
          fail(meter, 'Vertex AI sent an event that is not JSON')
        return
      }
      if (event.error !== undefined && event.error !== null) {
        return meter.fail(readGoogleFailure(event.error))
      }
      begin(event, meter)
      const { candidates, promptFeedback, usageMetadata: metadata } = event
      // Some events carry metadata of another kind, with no counts.
      if (isRecord(metadata) && typeof metadata.promptTokenCount === 'number') {
        usageMetadata = metadata
        const usage = readGeminiUsage(metadata)
        if (usage) meter.usage(usage)
      }
      if (Array.isArray(candidates) && candidates.length > 0) {
        return onCandidates(candidates, frame, out, meter)
      }
      const blocked = readBlocked(promptFeedback)
      if (blocked !== undefined) onBlocked(blocked, out, meter)
    },
    end(out: SseWriter, meter: Meter) {
      const states = [...choices.values()]
      if (states.length === 0 || !states.every((state) => state.finished)) {
        return fail(meter, 'the provider ended the stream before its last event')
      }
      const usage = readGeminiUsage(usageMetadata)
      if (usage !== undefined) {
        const last: ChatChunk = {
          id,
          choices: [],
          created,
          model: head.model,
          object: 'chat.completion.chunk',
          usage: writeGeminiUsage(usage, usageMetadata),
        }
        out.send(last)
      }
      out.raw('data: [DONE]\n\n')
    },
    failure(failure, out) {
      writeOpenAIFailure(failure, out)
      out.raw('data: [DONE]\n\n')
    },
  }
}

function fail(meter: Meter, message: string): void {
  meter.fail({ status: 502, type: vertexErrorType, message })
}

/** `undefined` for what says nothing after the choice has finished. */
function convertCandidate(
  candidate: Payload,
  said: Said,
  index: number,
  state: ChoiceState,
  created: number,
): Choice | undefined {
  const { safetyRatings, groundingMetadata, logprobsResult } = candidate
  const calls = said.calls?.map((call, at) => ({ index: state.calls + at, ...call }))
  state.calls += calls?.length ?? 0
  const reason = state.finished
    ? undefined
    : finishReason(candidate.finishReason, state.calls > 0 ? 'has-calls' : 'no-calls')
  const text =
    said.content === '' && reason === undefined
      ? ''
      : state.text.push(said.content) + (reason === undefined ? '' : state.text.end())
  state.content += text
  const delta: ChatDelta = {
    content: text === '' ? undefined : text,
    role: state.begun ? undefined : 'assistant',
    tool_calls: calls,
    annotations: groundingMetadata ? convertGrounding(groundingMetadata, state.content) : undefined,
    audio:
      said.audio === undefined
        ? undefined
        : { id: `audio_${created}`, data: said.audio, expires_at: created, transcript: '' },
    reasoning_content: said.reasoning === '' ? undefined : said.reasoning,
    thinking_blocks: said.thinking?.map((block) => ({ ...block, index: state.blocks++ })),
    images: said.images?.map((image_url) => ({
      type: 'image_url',
      image_url,
      index: state.images++,
    })),
    safety_ratings: safetyRatings ?? undefined,
    grounding_metadata: groundingMetadata ?? undefined,
  }
  // Some models repeat their last event.
  if (state.finished && !speaks(delta)) return undefined
  state.begun = true
  state.finished ||= reason !== undefined
  return {
    index,
    delta,
    logprobs: logprobsResult ? convertLogprobs(logprobsResult) : undefined,
    finish_reason: reason ?? null,
  }
}

/** Whether a user would see any of it, or the choice has ended. */
function saysSomething(choice: Choice | undefined): boolean {
  if (choice === undefined) return false
  return speaks(choice.delta) || choice.finish_reason !== null
}

function speaks(delta: ChatDelta): boolean {
  return (
    delta.content !== undefined ||
    delta.reasoning_content !== undefined ||
    delta.tool_calls !== undefined ||
    delta.images !== undefined ||
    delta.audio !== undefined
  )
}
