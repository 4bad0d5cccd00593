// Server-sent events, read synchronously and in whole events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//
// Bytes are first cut after the last blank line that has come, and only whole events are decoded. So a
// character is never split, an unfinished event never reaches a client, and parsing keeps no state.
import { joinPieces } from '../pieces.ts'

const LF = 10
const CR = 13

/** Where the last blank line ends, given the last bytes before the chunk; 0 where there is none. */
function endOfLastEvent(chunk: Uint8Array, before: Uint8Array): number {
  for (let i = chunk.length - 1; i >= 2; i--) {
    const byte = chunk[i]
    if (byte !== LF && byte !== CR) continue
    const previous = chunk[i - 1]
    if (previous === LF || (previous === CR && byte === CR)) return i + 1
    if (previous === CR && (chunk[i - 2] === LF || chunk[i - 2] === CR)) return i + 1
  }
  const at = (i: number) => (i >= 0 ? chunk[i] : before[before.length + i])
  for (let i = Math.min(1, chunk.length - 1); i >= 0; i--) {
    const byte = at(i)
    if (byte !== LF && byte !== CR) continue
    const previous = at(i - 1)
    if (previous === LF || (previous === CR && byte === CR)) return i + 1
    if (previous === CR && (at(i - 2) === LF || at(i - 2) === CR)) return i + 1
  }
  return 0
}

export interface EventAligner {
  /** The whole events that are complete by now, or nothing. */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> | undefined
  /** Bytes of the event that has begun. */
  pending(): number
  /** Hands out what is left of an event that never ended. */
  take(): Uint8Array<ArrayBuffer>
}

/** Cuts a stream of bytes at event borders. A chunk that ends with one passes uncopied. */
export function createEventAligner(): EventAligner {
  // A list, not one growing buffer: an event of many chunks would be copied once for each of them.
  let held: Uint8Array[] = []
  let pending = 0
  let tail = new Uint8Array(0)

  const take = () => {
    const whole = joinPieces(held)
    held = []
    pending = 0
    tail = new Uint8Array(0)
    return whole
  }
  const hold = (chunk: Uint8Array) => {
    held.push(chunk)
    pending += chunk.length
    const short = chunk.length < 3
    tail = short ? joinPieces([tail, chunk]).slice(-3) : chunk.slice(-3)
  }
  return {
    push(chunk) {
      const end = endOfLastEvent(chunk, tail)
      if (end === 0) {
        if (chunk.length > 0) hold(chunk)
        return undefined
      }
      if (pending === 0 && end === chunk.length) {
        // The cast: a chunk from a socket is never shared memory.
        return chunk as Uint8Array<ArrayBuffer>
      }
      held.push(chunk.subarray(0, end))
      pending += end
      const whole = take()
      if (end < chunk.length) hold(chunk.subarray(end))
      return whole
    },
    pending: () => pending,
    take,
  }
}

/** Is shown a block of lines first; `read`: it has been dealt with. */
export type VisitBlock = (block: string) => 'fields' | 'read'

/** Visits the events of a text that holds whole events only. Events without data are left out. */
export function readEvents(
  text: string,
  visit: (data: string, event: string | undefined) => void,
  visitBlock?: VisitBlock,
): void {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  let start = 0
  while (start < lines.length) {
    let end = lines.indexOf('\n\n', start)
    if (end < 0) end = lines.length
    // The common event is one line of data.
    if (lines.startsWith('data:', start)) {
      const next = lines.indexOf('\n', start)
      if (next === end || next < 0) {
        visit(lines.slice(lines[start + 5] === ' ' ? start + 6 : start + 5, end), undefined)
        start = end + 2
        continue
      }
    }
    const block = lines.slice(start, end)
    if (visitBlock?.(block) !== 'read') readBlock(block, visit)
    start = end + 2
  }
}

function readBlock(block: string, visit: (data: string, event: string | undefined) => void): void {
  let event: string | undefined
  let data: string | undefined
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    else if (field === 'event') event = value
  }
  if (data !== undefined) visit(data, event === '' ? undefined : event)
}
