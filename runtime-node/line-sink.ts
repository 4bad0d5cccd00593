// Lines for a file, a pipe or a terminal that nobody waits for: gathered, written one batch after the other, and dropped
// when whoever reads does not keep up. Lines are never split among each other.
import { close, open, write } from 'node:fs'

export interface LineSink {
  /** Whole lines, their ends included. Text that is known to be ASCII is copied faster. */
  write(lines: string, charset?: 'ascii' | 'unicode'): void
  /** After all lines have been written, or `waitMs` have passed. */
  close(waitMs: number): Promise<void>
}

export interface LineSinkOptions {
  /** A path, or the number of an open file, which stays open. */
  readonly target: string | number
  /** Told once of a file that cannot be written, and of lines that were dropped. */
  readonly onTrouble: (text: string) => void
  readonly maxPendingBytes?: number
  /** How long lines may gather. */
  readonly gatherMs?: number
}

const defaultMaxPending = 8 * 1024 * 1024
/** Each write costs as much as ten lines; nobody reads faster than this. */
const defaultGatherMs = 50
/** What a busy gateway writes in half that time. */
const pieceBytes = 256 * 1024
const retryMs = 10

export function createLineSink(options: LineSinkOptions): LineSink {
  const { target, onTrouble } = options
  const { maxPendingBytes = defaultMaxPending, gatherMs = defaultGatherMs } = options
  // Lines become bytes at once: as strings, they would be what the collector of garbage copies most.
  let filling: Buffer | undefined
  let used = 0
  let spare: Buffer | undefined
  let full: Buffer[] = []
  let pendingBytes = 0
  let dropped = 0
  let descriptor: number | undefined = typeof target === 'number' ? target : undefined
  let busy = false
  let failed = false
  let timer: NodeJS.Timeout | undefined
  let whenIdle: (() => void)[] = []

  const append = (lines: string, charset: 'ascii' | 'unicode') => {
    const most = charset === 'ascii' ? lines.length : lines.length * 3
    if (used + most > pieceBytes) retire()
    if (most > pieceBytes) {
      const piece = Buffer.from(lines)
      full.push(piece)
      pendingBytes += piece.length
      return
    }
    filling ??= spare ?? Buffer.allocUnsafeSlow(pieceBytes)
    spare = undefined
    const written = filling.write(lines, used, charset === 'ascii' ? 'latin1' : 'utf8')
    used += written
    pendingBytes += written
  }
  const retire = () => {
    if (filling === undefined) return
    full.push(filling.subarray(0, used))
    filling = undefined
    used = 0
  }
  const fail = (error: Error) => {
    failed = true
    busy = false
    filling = undefined
    spare = undefined
    full = []
    onTrouble(`cannot write ${target}: ${error.message}`)
    tellIdle()
  }
  const tellIdle = () => {
    const told = whenIdle
    whenIdle = []
    for (const tell of told) tell()
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (busy || failed) return
    if (full.length === 0) retire()
    if (full.length === 0) return tellIdle()
    busy = true
    if (descriptor === undefined) return openTarget()
    if (dropped > 0) onTrouble(`${dropped} lines for ${target} were dropped: nobody took them`)
    dropped = 0
    const piece = full.shift()
    if (piece !== undefined) writeAll(descriptor, piece, 0)
  }
  const openTarget = () => {
    open(target as string, 'a', 0o640, (error, opened) => {
      if (error) return fail(error)
      descriptor = opened
      busy = false
      flush()
    })
  }
  const writeAll = (to: number, piece: Buffer, from: number) => {
    write(to, piece, from, piece.length - from, null, (error, written) => {
      // A terminal or a pipe that does not block says so when it is full.
      if (error?.code === 'EAGAIN') return void setTimeout(() => writeAll(to, piece, from), retryMs)
      if (error) return fail(error)
      if (from + written < piece.length) return writeAll(to, piece, from + written)
      pendingBytes -= piece.length
      if (piece.buffer.byteLength === pieceBytes) spare = Buffer.from(piece.buffer)
      busy = false
      if (full.length > 0 || whenIdle.length > 0) flush()
      else if (used > 0) timer ??= setTimeout(flush, gatherMs)
    })
  }
  return {
    write(lines, charset = 'unicode') {
      if (failed) return
      if (pendingBytes > maxPendingBytes) {
        dropped++
        return
      }
      append(lines, charset)
      if (full.length > 0) flush()
      else if (!busy) timer ??= setTimeout(flush, gatherMs)
    },
    async close(waitMs) {
      clearTimeout(timer)
      let limit: NodeJS.Timeout | undefined
      await Promise.race([
        new Promise<void>((resolve) => {
          whenIdle.push(resolve)
          if (failed) tellIdle()
          else flush()
        }),
        new Promise<void>((resolve) => {
          limit = setTimeout(resolve, waitMs)
        }),
      ])
      clearTimeout(limit)
      if (typeof target === 'string' && descriptor !== undefined) close(descriptor, () => {})
    },
  }
}
