// OpenAI's streams, and how they look when they are garbage.
import type { SimulatedRequest, StreamAnswer } from './dialect.ts'
import { openaiHeaders } from './openai-error.ts'
import type { PacedEvent } from './paced-body.ts'

const encoder = new TextEncoder()

export function streamEvents(
  request: SimulatedRequest,
  events: Iterable<PacedEvent>,
): StreamAnswer {
  return {
    kind: 'stream',
    status: 200,
    headers: {
      ...openaiHeaders(request, 'text/event-stream; charset=utf-8'),
      'cache-control': 'no-cache',
    },
    events,
    garble: (event) => joinTwo(event.subarray(0, Math.ceil(event.length / 2)), encode('\n\n')),
  }
}

/** `tokens`: how much time the event takes; see `PacedEvent`. */
export function createEvent(value: unknown, tokens: number): PacedEvent {
  return { bytes: encode(`data: ${JSON.stringify(value)}\n\n`), tokens }
}

/** An event that is named by its type, in its head as in its data. */
export function createTypedEvent(type: string, members: object, tokens: number): PacedEvent {
  const data = JSON.stringify({ type, ...members })
  return { bytes: encode(`event: ${type}\ndata: ${data}\n\n`), tokens }
}

export const doneEvent: PacedEvent = { bytes: encode('data: [DONE]\n\n'), tokens: 0 }

function encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

function joinTwo(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
