// Gemini's generateContent, whole and streamed.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
import { encodeBase64 } from '../base64-bytes.ts'
import { type Composition, compose } from './compose.ts'
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { type GeminiRequest, readGeminiRequest } from './gemini-request.ts'
import { googleHeaders, googleJson } from './google-error.ts'
import type { PacedEvent } from './paced-body.ts'
import { pixel } from './pixel.ts'
import { countTokens, splitTokens } from './tokens.ts'

/** When every answer was made: a clock would give the same request another answer. */
const createTime = '2023-11-14T22:13:20Z'
const thought = 'The user wants an answer, and a short one will do.'

const picture = { inlineData: { mimeType: 'image/png', data: pixel } }
/** What Gemini counts for an image of 1K. */
const imageTokens = 1290

const finishReasons: Readonly<Record<Composition['end'], string>> = {
  turn: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  tools: 'STOP',
}

/** Throws a `Rejection`. */
export function answerGenerateContent(request: SimulatedRequest, model: string): SimulatedAnswer {
  const asked = readGeminiRequest(request, model)
  const composition = composeAnswer(asked)
  const drawn = asked.draws ? [picture] : partsOf(request, composition)
  const parts = [...thoughtsOf(asked), ...drawn]
  return googleJson({
    candidates: candidates(asked, { content: { role: 'model', parts }, end: composition.end }),
    ...describe(request, model),
    usageMetadata: usageOf(asked, composition),
  })
}

/** Throws a `Rejection`. */
export function answerStreamGenerateContent(
  request: SimulatedRequest,
  model: string,
): SimulatedAnswer {
  const asked = readGeminiRequest(request, model)
  return {
    kind: 'stream',
    status: 200,
    headers: googleHeaders('text/event-stream'),
    events: streamAnswer(request, model, asked),
    garble: () => new TextEncoder().encode('data: {"candidates": [{"content": {"ro\r\n\r\n'),
  }
}

function* streamAnswer(
  request: SimulatedRequest,
  model: string,
  asked: GeminiRequest,
): Generator<PacedEvent> {
  const composition = composeAnswer(asked)
  const about = describe(request, model)
  const { promptTokenCount, promptTokensDetails } = usageOf(asked, composition)
  const usageMetadata = { promptTokenCount, totalTokenCount: promptTokenCount, promptTokensDetails }
  const event = (parts: readonly unknown[], tokens: number): PacedEvent =>
    toEvent(
      {
        candidates: candidates(asked, { content: { role: 'model', parts } }),
        ...about,
        usageMetadata,
      },
      tokens,
    )
  for (const part of thoughtsOf(asked)) yield event([part], countTokens(thought))
  if (asked.draws) yield event([picture], imageTokens)
  else for (const token of splitTokens(composition.text)) yield event([{ text: token }], 1)
  for (const part of callsOf(request, composition)) yield event([part], 1)
  const content = { role: 'model', parts: [{ text: '' }] } as const
  const last = { content, end: composition.end }
  yield toEvent(
    { candidates: candidates(asked, last), ...about, usageMetadata: usageOf(asked, composition) },
    0,
  )
}

function toEvent(value: unknown, tokens: number): PacedEvent {
  return { bytes: new TextEncoder().encode(`data: ${JSON.stringify(value)}\r\n\r\n`), tokens }
}

function composeAnswer({ prompt, form }: GeminiRequest): Composition {
  const composition = compose(prompt)
  if (form !== 'word' || composition.text === '') return composition
  const word: unknown = parse(composition.text)
  const text = typeof word === 'string' ? word : composition.text
  return { ...composition, text, outputTokens: countTokens(text) }
}

/** A length that was asked for may have cut the JSON short. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Said {
  readonly content: { readonly role: 'model'; readonly parts: readonly unknown[] }
  /** Absent while the candidate goes on. */
  readonly end?: Composition['end']
}

function candidates({ count }: GeminiRequest, { content, end }: Said) {
  return Array.from({ length: count }, (_, index) => ({
    content,
    ...(end === undefined ? {} : { finishReason: finishReasons[end] }),
    // A first index of 0 is a default, and defaults are left out.
    ...(index === 0 ? {} : { index }),
  }))
}

function thoughtsOf({ showsThoughts }: GeminiRequest): readonly unknown[] {
  return showsThoughts ? [{ text: thought, thought: true }] : []
}

function partsOf(request: SimulatedRequest, composition: Composition): readonly unknown[] {
  return composition.calls.length > 0 ? callsOf(request, composition) : [{ text: composition.text }]
}

function callsOf(request: SimulatedRequest, { calls }: Composition): readonly unknown[] {
  return calls.map(({ name, input }, index) => {
    const args: unknown = JSON.parse(input)
    const signature = index === 0 ? { thoughtSignature: signatureOf(request) } : {}
    return { functionCall: { name, args }, ...signature }
  })
}

function signatureOf({ seed }: SimulatedRequest): string {
  return encodeBase64(new TextEncoder().encode(`simulated ${seed}`))
}

function describe({ seed }: SimulatedRequest, model: string) {
  return { modelVersion: model, createTime, responseId: seed.slice(0, 22) }
}

function usageOf(asked: GeminiRequest, { inputTokens, outputTokens }: Composition) {
  const thoughts = asked.showsThoughts ? countTokens(thought) : 0
  const output = (asked.draws ? imageTokens : outputTokens) * asked.count
  const modality = asked.draws ? 'IMAGE' : 'TEXT'
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: output,
    totalTokenCount: inputTokens + output + thoughts,
    ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
    trafficType: 'ON_DEMAND',
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    candidatesTokensDetails: [{ modality, tokenCount: output }],
  }
}
