// A body that comes event by event at a model's pace, and can break or fall silent on the way.
import { GatewayError } from '../errors.ts'
import type { Ports } from '../ports.ts'

export interface PacedEvent {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** How many tokens of time pass before the next event. */
  readonly tokens: number
}

export interface Pace extends Pick<Ports, 'now' | 'schedule'> {
  /** Tokens per second; 0: as fast as they are read. */
  readonly rate: number
  /** Before the first event. */
  readonly delayMs: number
}

/** After how many events the body breaks or falls silent. */
export interface Breaks {
  readonly cut?: number | undefined
  readonly stall?: number | undefined
}

/**
 * Sends each event when it is due and somebody reads. Errors with the signal's reason once that
 * aborts, and with `upstream-reset` at the cut. No timer outlives the body.
 */
export function createPacedBody(
  events: Iterable<PacedEvent>,
  pace: Pace,
  breaks: Breaks,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = events[Symbol.iterator]()
  const startedAt = pace.now() + pace.delayMs
  let sent = 0
  let tokens = 0
  let stop = () => {}

  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const abort = () => {
          stop()
          controller.error(signal.reason)
        }
        stop = () => signal.removeEventListener('abort', abort)
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort)
      },
      pull(controller) {
        if (sent === breaks.stall) return
        if (sent === breaks.cut) {
          stop()
          controller.error(resetError())
          return
        }
        const next = iterator.next()
        if (next.done === true) {
          stop()
          controller.close()
          return
        }
        const { bytes, tokens: weight } = next.value
        const due = startedAt + (pace.rate > 0 ? (tokens * 1_000) / pace.rate : 0)
        sent++
        tokens += weight
        // Against the clock and not from event to event, so that slow timers do not add up.
        const wait = Math.ceil(due - pace.now())
        if (wait <= 0) {
          controller.enqueue(bytes)
          return
        }
        return new Promise<void>((resolve) => {
          const removeListener = stop
          const cancelTimer = pace.schedule(() => {
            stop = removeListener
            controller.enqueue(bytes)
            resolve()
          }, wait)
          stop = () => {
            cancelTimer()
            removeListener()
          }
        })
      },
      cancel() {
        stop()
      },
    },
    // Nothing is held ready: an error would throw away events that count as sent.
    { highWaterMark: 0 },
  )
}

function resetError(): GatewayError {
  return new GatewayError('upstream-reset', 'the provider reset the connection (simulated)')
}
