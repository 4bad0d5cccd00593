// The provider simulator: stands in for every provider, so that a gateway works with no key and no network.
// Deterministic: the same request gets the same answer, byte for byte. Tokens are counted as in tokens.ts.
import type { UpstreamFetch, UpstreamRequest, UpstreamResponse } from '../ports.ts'
import {
  Rejection,
  type SimulatedAnswer,
  type SimulatedDialect,
  type SimulatedRequest,
  type WholeAnswer,
} from './dialect.ts'
import { hashHex } from './hash.ts'
import { dialects } from './index.ts'
import { createPacedBody, type Pace, type PacedEvent } from './paced-body.ts'
import { readTrouble, type Trouble, troubleAt } from './trouble.ts'

/** The request header by which a client without a gateway asks for trouble; see trouble.ts. */
const troubleHeader = 'x-simulate'

export interface SimulatorOptions extends Pick<Pace, 'now' | 'schedule'> {
  /** Tokens per second of a stream, default 60; 0: as fast as they are read. */
  readonly rate?: number
  /** Before the first token of a stream and before a whole answer, default 150. */
  readonly delayMs?: number
  /** What `GET /v1/models` lists, default one. Any other model answers too. */
  readonly models?: readonly string[]
}

/** The place of the event that is garbage when `malformed` is asked for: some content comes before it. */
const garbledEvent = 2

/** A `fetch` that never leaves the process. */
export function createSimulator(options: SimulatorOptions): UpstreamFetch {
  const { now, schedule, rate = 60, delayMs = 150, models = ['simulated-model'] } = options
  const pace: Pace = { now, schedule, rate, delayMs }

  return async (url, init) => {
    init.signal.throwIfAborted()
    const request = readRequest(url, init)
    const dialect = chooseDialect(request.url)
    const asked = readTrouble(init.trouble ?? init.headers[troubleHeader])
    const trouble = typeof asked === 'string' ? {} : troubleAt(request.backend, asked)
    const answer =
      typeof asked === 'string'
        ? dialect.refuse(400, request, asked)
        : makeAnswer(dialect, { ...request, length: trouble.tokens }, trouble)
    const thinking = answer.kind === 'whole' && answer.status < 400 ? delayMs : 0
    await pause(thinking + (trouble.delayMs ?? 0), init.signal)
    return respond(answer, trouble, init.signal)
  }

  function readRequest(url: string, init: UpstreamRequest): SimulatedRequest {
    const target = new URL(url)
    const backend = init.backend ?? target.host
    const body = init.body ?? new Uint8Array()
    const text = new TextDecoder().decode(body)
    return {
      method: init.method,
      url: target,
      body,
      backend,
      seed: hashHex(`${init.method} ${url} ${backend} ${text}`),
      length: undefined,
      latencyMs: delayMs,
      models,
    }
  }

  /** Waits; rejects with the signal's reason once that aborts. */
  function pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const abort = () => {
        cancelTimer()
        reject(signal.reason)
      }
      const cancelTimer = schedule(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      }, ms)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  function respond(
    answer: SimulatedAnswer,
    trouble: Trouble,
    signal: AbortSignal,
  ): UpstreamResponse {
    const { status, headers } = answer
    return new Response(bodyOf(answer, trouble, signal), {
      status,
      headers: {
        ...headers,
        ...(trouble.retryAfter !== undefined && { 'retry-after': String(trouble.retryAfter) }),
      },
    })
  }

  function bodyOf(answer: SimulatedAnswer, trouble: Trouble, signal: AbortSignal): BodyInit {
    if (answer.kind === 'stream') {
      const events = trouble.malformed
        ? garble(answer.events, (event) => answer.garble(event))
        : answer.events
      return createPacedBody(events, pace, trouble, signal)
    }
    const bytes = new TextEncoder().encode(answer.body)
    const middle = Math.floor(bytes.length / 2)
    if (trouble.malformed) return bytes.slice(0, middle)
    if (trouble.cut === undefined && trouble.stall === undefined) return bytes
    // Two events: whatever the count asked for, a whole answer has its one break in the middle.
    const halves = [bytes.slice(0, middle), bytes.slice(middle)]
    const events = halves.map((half): PacedEvent => ({ bytes: half, tokens: 0 }))
    const breaks = { cut: atMostOne(trouble.cut), stall: atMostOne(trouble.stall) }
    return createPacedBody(events, { ...pace, delayMs: 0 }, breaks, signal)
  }
}

function chooseDialect(url: URL): SimulatedDialect {
  const dialect = dialects.find((candidate) => candidate.serves(url))
  if (dialect === undefined) throw new Error(`no simulated provider serves ${url.href}`)
  return dialect
}

function makeAnswer(
  dialect: SimulatedDialect,
  request: SimulatedRequest,
  trouble: Trouble,
): SimulatedAnswer | WholeAnswer {
  if (trouble.status !== undefined) return dialect.refuse(trouble.status, request)
  try {
    return dialect.answer(request)
  } catch (error) {
    if (error instanceof Rejection) return error.answer
    throw error
  }
}

function* garble(
  events: Iterable<PacedEvent>,
  garbleEvent: (event: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Generator<PacedEvent> {
  let index = 0
  for (const event of events) {
    yield index++ === garbledEvent ? { ...event, bytes: garbleEvent(event.bytes) } : event
  }
}

function atMostOne(count: number | undefined): number | undefined {
  return count === undefined ? undefined : Math.min(count, 1)
}
