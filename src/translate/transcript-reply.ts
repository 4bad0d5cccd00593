// Transcripts, in JSON, as plain text or subtitles, or as events.
// https://platform.openai.com/docs/api-reference/audio/json-object
import { readTokenUsage } from '../usage/token-usage.ts'
import { createEventTap } from './event-tap.ts'
import { isEventStream } from './is-event-stream.ts'
import { createJsonReply } from './json-reply.ts'
import type { Reply } from './translator.ts'

const readUsage = ({ usage }: Readonly<Record<string, unknown>>) => readTokenUsage(usage)

export function createTranscriptReply(model: string): Reply {
  return {
    ...createJsonReply({ model, readUsage }),
    // whisper-1 answers whole even where it was asked for a stream.
    stream: (head) =>
      isEventStream(head)
        ? createEventTap({ model, last: ['transcript.text.done'], readUsage })
        : undefined,
  }
}
