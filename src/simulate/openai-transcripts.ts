// OpenAI's transcripts and translations of audio: what is heard is how much there was to hear.
// https://platform.openai.com/docs/api-reference/audio/createTranscription
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { openaiHeaders, rejectWith } from './openai-error.ts'
import { readForm, type SimulatedForm } from './openai-form.ts'
import { answerJson } from './openai-json.ts'
import { createEvent, streamEvents } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'
import { countTokens, splitTokens } from './tokens.ts'

/** Throws a `Rejection`. */
export function answerTranscriptions(request: SimulatedRequest): SimulatedAnswer {
  const form = readForm(request)
  const heard = listen(request, form)
  // As the real one, whisper-1 does not stream.
  if (form.text('stream') === 'true' && form.text('model') !== 'whisper-1') {
    return streamEvents(request, streamTranscript(heard))
  }
  return answerWhole(request, form, heard)
}

/** Throws a `Rejection`. */
export function answerTranslations(request: SimulatedRequest): SimulatedAnswer {
  const form = readForm(request)
  return answerWhole(request, form, listen(request, form))
}

interface Heard {
  readonly text: string
  readonly inputTokens: number
}

function listen(request: SimulatedRequest, form: SimulatedForm): Heard {
  const reject = rejectWith(request)
  const model = form.text('model')
  const [size] = form.fileSizes('file')
  if (model === undefined) return reject('you must provide a model parameter')
  if (size === undefined) return reject("Missing required parameter: 'file'.", 'file')
  return {
    text: `You sent ${size} bytes of audio. This is ${model}, simulated at ${request.backend}.`,
    // A token for each kilobyte that has begun.
    inputTokens: Math.ceil(size / 1024),
  }
}

function answerWhole(
  request: SimulatedRequest,
  form: SimulatedForm,
  heard: Heard,
): SimulatedAnswer {
  const { text } = heard
  switch (form.text('response_format') ?? 'json') {
    case 'json':
      return answerJson(request, { text, usage: usageOf(heard) })
    case 'verbose_json':
      return answerJson(request, {
        task: 'transcribe',
        language: 'english',
        duration: 1,
        text,
        segments: [{ id: 0, start: 0, end: 1, text }],
        usage: { type: 'duration', seconds: 1 },
      })
    case 'text':
      return answerText(request, `${text}\n`)
    case 'srt':
      return answerText(request, `1\n00:00:00,000 --> 00:00:01,000\n${text}\n\n`)
    case 'vtt':
      return answerText(request, `WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${text}\n\n`)
    default:
      return rejectWith(request)('Invalid response_format', 'response_format')
  }
}

function answerText(request: SimulatedRequest, body: string): SimulatedAnswer {
  const headers = openaiHeaders(request, 'text/plain; charset=utf-8')
  return { kind: 'whole', status: 200, headers, body }
}

function usageOf({ text, inputTokens }: Heard) {
  const output = countTokens(text)
  return {
    type: 'tokens',
    input_tokens: inputTokens,
    input_token_details: { text_tokens: 0, audio_tokens: inputTokens },
    output_tokens: output,
    total_tokens: inputTokens + output,
  }
}

function* streamTranscript(heard: Heard): Generator<PacedEvent> {
  for (const delta of splitTokens(heard.text)) {
    yield createEvent({ type: 'transcript.text.delta', delta }, 1)
  }
  yield createEvent({ type: 'transcript.text.done', text: heard.text, usage: usageOf(heard) }, 0)
}
