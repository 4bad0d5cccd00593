// Speech out of text, and text out of audio: the audio itself is never recorded.
// https://platform.openai.com/docs/api-reference/audio
import { createTranscriptFold } from '../../fold/transcript.ts'
import { readFilled, readPositive, readRecord, readReply, readText, writeJson } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeForm } from './form-value.ts'
import type { Hiding } from './hiding.ts'
import { redacted } from './redact-content.ts'
import { hideText, invocationParameters } from './values.ts'

export function createSpeechSpans(hiding: Hiding): SpanSet {
  const describe = (bytes: number, contentType: string): Attributes =>
    hiding.outputs
      ? {}
      : { 'output.mime_type': contentType || 'audio/mpeg', 'output.audio_bytes': bytes }
  return {
    name: 'AudioSpeech',
    request(call) {
      const request = readRecord(call.request)
      const hidden = hiding.inputText || hiding.inputMessages
      const { input, instructions, response_format = '', speed = null, voice } = request
      const value = {
        input: hideText(readText(input) ?? '', hidden),
        instructions: instructions === undefined ? '' : hideText(String(instructions), hidden),
        response_format,
        speed,
        voice,
      }
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': readFilled(call.model),
        ...(hiding.inputs
          ? { 'input.value': redacted }
          : { 'input.value': writeJson(value), 'input.mime_type': 'application/json' }),
        ...invocationParameters(request, hiding, ['input', 'instructions']),
      }
    },
    reply: ({ bytes, contentType }) => describe(bytes, contentType),
    fold() {
      let bytes = 0
      return {
        add(chunk) {
          const audio = readText(readRecord(chunk)['audio'])
          // Base64: four characters for three bytes.
          if (audio !== undefined) bytes += Math.floor((audio.replace(/=+$/, '').length * 3) / 4)
          return undefined
        },
        attributes: () => (bytes === 0 ? {} : describe(bytes, '')),
        truncated: () => false,
      }
    },
  }
}

export function createTranscriptSpans(name: string, hiding: Hiding): SpanSet {
  const describe = (text: string): Attributes => {
    if (hiding.outputs) return {}
    const shown = hideText(text, hiding.outputText || hiding.outputMessages)
    return { 'output.value': shown, 'output.mime_type': 'text/plain' }
  }
  return {
    name,
    request: (call) => ({
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': readFilled(call.model),
      ...describeForm(call.request, hiding, ['prompt']),
    }),
    reply(reply) {
      if (hiding.outputs) return {}
      // Other formats than JSON are the text itself.
      if (!reply.contentType.includes('json')) return describe(reply.text())
      const answer = readReply(reply)
      return {
        ...describe(readText(answer['text']) ?? ''),
        'output.audio_duration': readPositive(answer['duration']),
        'output.language': readFilled(answer['language']),
      }
    },
    fold() {
      const fold = createTranscriptFold()
      return {
        add: (chunk) => fold.add(chunk),
        attributes() {
          const text = readText(fold.answer()?.['text'])
          return text === undefined ? {} : describe(text)
        },
        truncated: fold.truncated,
      }
    },
  }
}
