// Speech: bytes of audio that nobody reads on their way, or events that hold them.
// https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event
import { readTokenUsage } from '../usage/token-usage.ts'
import { createEventTap } from './event-tap.ts'
import { isEventStream } from './is-event-stream.ts'
import { replyOpenAIError } from './openai-error-reply.ts'
import type { Reply } from './translator.ts'

export function createSpeechReply(model: string): Reply {
  return {
    // A model that knows no events answers with the audio itself.
    stream: (head) =>
      isEventStream(head)
        ? createEventTap({
            model,
            last: ['speech.audio.done'],
            readUsage: ({ usage }) => readTokenUsage(usage),
          })
        : undefined,
    error: replyOpenAIError,
  }
}
