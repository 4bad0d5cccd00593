// OpenAI's speech: a tone as long as the text. https://platform.openai.com/docs/api-reference/audio/createSpeech
import { encodeBase64 } from '../base64-bytes.ts'
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { openaiHeaders } from './openai-error.ts'
import { readBody } from './openai-json.ts'
import { createEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { countTokens } from './tokens.ts'

const rate = 8_000
/** Samples of one token: a twentieth of a second. */
const samplesPerToken = rate / 20
const maxTokens = 200

/** Throws a `Rejection`. Whatever format is asked for, the answer is WAV. */
export function answerSpeech(request: SimulatedRequest): SimulatedAnswer {
  const { read, fields } = readBody(request)
  read.required(fields, 'model', 'string')
  const input = read.required(fields, 'input', 'string')
  if (fields.voice === undefined) read.required(fields, 'voice', 'string')
  const tokens = Math.min(countTokens(input), maxTokens)
  if (fields.stream_format === 'sse') {
    return streamEvents(request, streamSpeech(tokens, countTokens(input)))
  }
  return {
    kind: 'stream',
    status: 200,
    headers: openaiHeaders(request, 'audio/wav'),
    events: audioPieces(tokens),
    garble: (piece) => piece.slice(0, 1),
  }
}

function* audioPieces(tokens: number): Generator<PacedEvent> {
  yield { bytes: wavHead(tokens * samplesPerToken), tokens: 0 }
  for (let token = 0; token < tokens; token++) yield { bytes: tone(token), tokens: 1 }
}

function* streamSpeech(tokens: number, inputTokens: number): Generator<PacedEvent> {
  for (const { bytes, tokens: time } of audioPieces(tokens)) {
    yield createEvent({ type: 'speech.audio.delta', audio: encodeBase64(bytes) }, time)
  }
  const usage = {
    input_tokens: inputTokens,
    output_tokens: tokens,
    total_tokens: inputTokens + tokens,
  }
  yield createEvent({ type: 'speech.audio.done', usage }, 0)
}

/** One channel of 8 bits. http://soundfile.sapp.org/doc/WaveFormat/ */
function wavHead(samples: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44)
  const view = new DataView(bytes.buffer)
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at)
  write(0, 'RIFF')
  view.setUint32(4, 36 + samples, true)
  write(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  write(36, 'data')
  view.setUint32(40, samples, true)
  return bytes
}

/** A tone of 400 Hz, whose phase goes on from token to token. */
function tone(token: number): Uint8Array<ArrayBuffer> {
  const start = token * samplesPerToken
  return Uint8Array.from({ length: samplesPerToken }, (_, index) =>
    Math.round(128 + 40 * Math.sin((2 * Math.PI * 400 * (start + index)) / rate)),
  )
}
