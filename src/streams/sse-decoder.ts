// Server-sent events as frames, for rewrites.
import { GatewayError } from '../errors.ts'
import { createSseFrame, type FrameDecoder } from './frame.ts'
import { createEventAligner, readEvents } from './sse-parser.ts'
import type { Frame } from './stream-translator.ts'

export function createSseDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
): FrameDecoder {
  const aligner = createEventAligner()
  const decoder = new TextDecoder()
  const read = (bytes: Uint8Array) =>
    readEvents(decoder.decode(bytes), (data, event) => visit(createSseFrame(data, event)))
  return {
    push(chunk) {
      const whole = aligner.push(chunk)
      if (aligner.pending > maxFrameBytes) {
        aligner.take()
        throw new GatewayError(
          'upstream-protocol',
          `an event of the provider is larger than ${maxFrameBytes} bytes`,
        )
      }
      if (whole !== undefined) read(whole)
    },
    end() {
      // The last event may lack its blank line.
      if (aligner.pending > 0) read(aligner.take())
    },
  }
}
