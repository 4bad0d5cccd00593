// Server-sent events, written: what a translator sends is gathered until the host takes it.
import type { SseWriter } from './stream-translator.ts'

export interface BatchingSseWriter extends SseWriter {
  /** What has been sent since the last call, `''` if nothing. */
  take(): string
}

export function createSseWriter(): BatchingSseWriter {
  let text = ''
  return {
    send(value, event) {
      if (event !== undefined) text += `event: ${event}\n`
      text += `data: ${JSON.stringify(value)}\n\n`
    },
    raw(whole) {
      text += whole
    },
    take() {
      const batch = text
      text = ''
      return batch
    },
  }
}
