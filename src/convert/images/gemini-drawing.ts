// What Gemini draws, gathered from answers or from the events of a stream.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { StreamFailure } from '../../streams/stream-translator.ts'
import { readGeminiUsage } from '../../usage/gemini-usage.ts'
import { readCount } from '../../usage/read-count.ts'
import type { Usage } from '../../usage/usage.ts'
import type { ImagesUsage, ImageTokens } from '../../wire/openai/images.ts'
import { finishReason } from '../chat-to-gemini/finish-reason.ts'
import { listParts } from '../chat-to-gemini/parts.ts'
import { readBlocked } from '../chat-to-gemini/reply.ts'
import { formatOf } from './format.ts'
import { filteredOut, notDrawn } from './withheld.ts'

export interface Drawing {
  /** Base64, in the order in which they came. */
  readonly images: string[]
  format: string | undefined
  /** What the model said, where it did not draw. */
  words: string
  /** Why something was withheld. */
  filtered: string
  /** Whether the model has said that it has finished, or that it does not begin. */
  finished: boolean
  /** The metadata of each answer; of a stream, its last. */
  metadata: unknown
}

export function createDrawing(): Drawing {
  return {
    images: [],
    format: undefined,
    words: '',
    filtered: '',
    finished: false,
    metadata: undefined,
  }
}

/** Adds an answer, or an event of one. */
export function readDrawing(answer: Readonly<Record<string, unknown>>, drawing: Drawing): void {
  const candidates: readonly unknown[] = Array.isArray(answer.candidates) ? answer.candidates : []
  for (const candidate of candidates) {
    if (!isRecord(candidate)) continue
    for (const part of listParts(candidate)) readPart(part, drawing)
    const reason = finishReason(candidate.finishReason, 'no-calls')
    if (reason === undefined) continue
    drawing.finished = true
    if (reason === 'content_filter' || reason === 'recitation') {
      drawing.filtered = readText(candidate.finishMessage) || readText(candidate.finishReason)
    }
  }
  const blocked = readBlocked(answer.promptFeedback)
  if (blocked !== undefined) {
    drawing.finished = true
    drawing.filtered ||= blocked
  }
  const { usageMetadata } = answer
  // Some events carry metadata of another kind, with no counts.
  if (isRecord(usageMetadata) && typeof usageMetadata.promptTokenCount === 'number') {
    drawing.metadata = usageMetadata
  }
}

function readPart(part: unknown, drawing: Drawing): void {
  // Sketches are thoughts.
  if (!isRecord(part) || part.thought === true) return
  drawing.words += readText(part.text)
  if (!isRecord(part.inlineData)) return
  const { mimeType, data } = part.inlineData
  if (!readText(mimeType).startsWith('image/') || readText(data) === '') return
  drawing.images.push(readText(data))
  drawing.format ??= formatOf(mimeType)
}

export function explainNothing({ filtered, words }: Drawing): StreamFailure {
  return filtered === '' ? notDrawn(words.trim()) : filteredOut(filtered)
}

/** The sums of several answers. `undefined` where none is counted. */
export function sumUsage(
  all: readonly unknown[],
): { readonly usage: Usage; readonly written: ImagesUsage } | undefined {
  let usage: Usage | undefined
  let input = noTokens
  let output = noTokens
  let hasOutput = false
  for (const metadata of all) {
    const counted = readGeminiUsage(metadata)
    if (counted === undefined || !isRecord(metadata)) continue
    usage = usage === undefined ? counted : add(usage, counted)
    input = addTokens(input, metadata.promptTokensDetails)
    output = addTokens(output, metadata.candidatesTokensDetails)
    hasOutput ||= Array.isArray(metadata.candidatesTokensDetails)
  }
  if (usage === undefined) return undefined
  const written: ImagesUsage = {
    input_tokens: usage.input ?? 0,
    input_tokens_details: input,
    output_tokens: usage.output ?? 0,
    output_tokens_details: hasOutput ? output : undefined,
    total_tokens: usage.total ?? 0,
  }
  return { usage, written }
}

const noTokens: ImageTokens = { image_tokens: 0, text_tokens: 0 }

function addTokens(sum: ImageTokens, details: unknown): ImageTokens {
  if (!Array.isArray(details)) return sum
  let { image_tokens, text_tokens } = sum
  for (const detail of details as readonly unknown[]) {
    if (!isRecord(detail)) continue
    const tokens = readCount(detail.tokenCount) ?? 0
    if (detail.modality === 'IMAGE') image_tokens += tokens
    if (detail.modality === 'TEXT') text_tokens += tokens
  }
  return { image_tokens, text_tokens }
}

function add(one: Usage, other: Usage): Usage {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof Usage)[])
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}
