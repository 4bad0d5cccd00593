// Server-sent events as frames, for rewrites.
import { GatewayError } from '../errors.ts'
import { createSseFrame, type FrameDecoder } from './frame.ts'
import { createEventAligner, readEvents, type VisitBlock } from './sse-parser.ts'
import type { Frame } from './stream-translator.ts'

export function createSseDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
): FrameDecoder {
  return createDecoder(visit, maxFrameBytes, undefined)
}

/** Takes events of bare JSON too: one over several lines, or one on each line. */
export function createLooseSseDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
): FrameDecoder {
  return createDecoder(visit, maxFrameBytes, (block) => {
    if (!/^\s*[[{]/.test(block)) return 'fields'
    const whole = createSseFrame(block, undefined)
    if (whole.json() !== undefined) visit(whole)
    else for (const line of block.split('\n')) visit(createSseFrame(line, undefined))
    return 'read'
  })
}

function createDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
  visitBlock: VisitBlock | undefined,
): FrameDecoder {
  const aligner = createEventAligner()
  const decoder = new TextDecoder()
  const read = (bytes: Uint8Array) =>
    readEvents(
      decoder.decode(bytes),
      (data, event) => visit(createSseFrame(data, event)),
      visitBlock,
    )
  return {
    push(chunk) {
      const whole = aligner.push(chunk)
      if (aligner.pending() > maxFrameBytes) {
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
      if (aligner.pending() > 0) read(aligner.take())
    },
  }
}
