// Lines for a file, a pipe or a terminal that nobody waits for: gathered, written one batch after the other, and dropped
// when whoever reads does not keep up. Lines are never split among each other.
import { close, open, write } from 'node:fs'

export interface LineSink {
  /** Whole lines, their ends included. */
  write(lines: string): void
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
/** UTF-16 units: as many as a busy gateway writes in that time. */
const largeBatch = 512 * 1024
const retryMs = 10

export function createLineSink(options: LineSinkOptions): LineSink {
  const { target, onTrouble } = options
  const { maxPendingBytes = defaultMaxPending, gatherMs = defaultGatherMs } = options
  let pending: string[] = []
  let pendingLength = 0
  let dropped = 0
  let descriptor: number | undefined = typeof target === 'number' ? target : undefined
  let busy = false
  let failed = false
  let timer: NodeJS.Timeout | undefined
  let whenIdle: (() => void)[] = []

  const fail = (error: Error) => {
    failed = true
    busy = false
    pending = []
    pendingLength = 0
    onTrouble(`cannot write ${target}: ${error.message}`)
    tellIdle()
  }
  const tellIdle = () => {
    const told = whenIdle
    whenIdle = []
    for (const tell of told) tell()
  }
  const flush = () => {
    timer = undefined
    if (busy || failed) return
    if (pending.length === 0) return tellIdle()
    busy = true
    if (descriptor === undefined) return openTarget()
    const batch = Buffer.from(pending.join(''))
    pending = []
    pendingLength = 0
    if (dropped > 0) onTrouble(`${dropped} lines for ${target} were dropped: nobody took them`)
    dropped = 0
    writeAll(descriptor, batch, 0)
  }
  const openTarget = () => {
    open(target as string, 'a', 0o640, (error, opened) => {
      if (error) return fail(error)
      descriptor = opened
      busy = false
      flush()
    })
  }
  const writeAll = (to: number, batch: Buffer, from: number) => {
    write(to, batch, from, batch.length - from, null, (error, written) => {
      // A terminal or a pipe that does not block says so when it is full.
      if (error?.code === 'EAGAIN') return void setTimeout(() => writeAll(to, batch, from), retryMs)
      if (error) return fail(error)
      if (from + written < batch.length) return writeAll(to, batch, from + written)
      busy = false
      flush()
    })
  }
  return {
    write(lines) {
      if (failed) return
      if (pendingLength > maxPendingBytes) {
        dropped++
        return
      }
      pending.push(lines)
      pendingLength += lines.length
      if (timer === undefined) timer = setTimeout(flush, gatherMs)
      else if (pendingLength > largeBatch && !busy) {
        clearTimeout(timer)
        flush()
      }
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
