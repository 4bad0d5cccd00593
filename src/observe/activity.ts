// What has gone through the gateway since it started, for people to look at: sums for each backend and model, and the
// latest requests. Bounded, whatever clients send; a request adds to it once, when it has ended, and nothing is
// computed until somebody asks.

import type { AttemptRecord, Exchange } from '../exchange.ts'
import { pathOf } from '../url-parts.ts'
import type { Observer } from './observer.ts'
import { createSampleWindow, type SampleWindow } from './sample-window.ts'

export interface ActivityOptions {
  /** How many requests are remembered one by one, default 50. */
  readonly maxLatest?: number
  /** Pairs of backend and model that have sums of their own, default 100: models are what clients call them. */
  readonly maxRows?: number
  /** Percentiles are of so many successes, default 256. */
  readonly window?: number
}

export interface Activity {
  readonly observer: Required<Pick<Observer, 'finish'>>
  /** Changes when the report does. */
  version(): number
  report(): ActivityReport
}

export interface ActivityReport {
  /** Each request once; times are what clients have waited, retries included. */
  readonly totals: Figures
  /** A request counts at each backend that was tried; times are that backend's. */
  readonly rows: readonly ActivityRow[]
  /** The newest first. */
  readonly latest: readonly RequestSummary[]
  /** How many successes percentiles are of, at most. */
  readonly window: number
}

export interface Figures {
  readonly requests: number
  readonly failed: number
  /** The client went away. */
  readonly aborted: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly latency: Percentiles
  /** Of streams. */
  readonly firstToken: Percentiles
}

/** Milliseconds; null where nothing was measured. */
export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

export interface ActivityRow extends Figures {
  /** `gateway`: no backend was asked. `others`: pairs that were not seen for longest, when there were too many. */
  readonly kind: 'backend' | 'gateway' | 'others'
  /** Stays the same from report to report. */
  readonly key: string
  /** `namespace/name` of the AIServiceBackend. */
  readonly backend: string | null
  /** As clients call it. */
  readonly model: string | null
  /** As the backend was asked for it. */
  readonly target: string | null
}

/** No body, no header, no query: nothing that could hold a secret. */
export interface RequestSummary {
  /** From 1, in the order in which they ended. */
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly method: string
  readonly path: string
  /** `''` where the request named none, or was not understood. */
  readonly model: string
  /** The last that was tried. */
  readonly backend: string | null
  readonly tries: number
  readonly stream: boolean
  /** What the client got, 0 where it got none. */
  readonly status: number
  readonly outcome: 'ok' | 'failed' | 'aborted'
  /** `x-aigw-error`'s word, or `provider_error`. */
  readonly error: string | null
  readonly durationMs: number
  /** From the request to the first bytes of a stream. */
  readonly firstTokenMs: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

/** Clients choose names and paths. */
const maxTextLength = 200

export function createActivity(options: ActivityOptions = {}): Activity {
  const { maxLatest = 50, maxRows = 100, window = 256 } = options
  const totals = createTally(window)
  const gateway = createTally(window)
  const others = createTally(window)
  const rows = new Map<string, Row>()
  const latest: RequestSummary[] = []
  let count = 0

  const rowFor = ({ backend, target }: AttemptRecord, model: string): Row => {
    const targetModel = cut(target.model)
    const key = `${backend.name}\n${model}\n${targetModel}`
    const known = rows.get(key)
    if (known !== undefined) {
      known.usedAt = count
      return known
    }
    if (rows.size >= maxRows) foldOldest()
    const row: Row = {
      key,
      tally: createTally(window),
      backend: backend.name,
      model,
      target: targetModel,
      usedAt: count,
    }
    rows.set(key, row)
    return row
  }
  const foldOldest = () => {
    let oldest: Row | undefined
    for (const row of rows.values()) {
      if (oldest === undefined || row.usedAt < oldest.usedAt) oldest = row
    }
    if (oldest === undefined) return
    rows.delete(oldest.key)
    addTally(others, oldest.tally)
  }
  const finish = (exchange: Exchange) => {
    const summary = summarize(exchange, ++count)
    latest[(count - 1) % maxLatest] = summary
    const { outcome, durationMs, firstTokenMs } = summary
    record(totals, outcome, durationMs, firstTokenMs)
    addUsage(totals, summary)
    const { attempts } = exchange
    const last = attempts.at(-1)
    if (last === undefined) return record(gateway, outcome, durationMs, null)
    for (const attempt of attempts) {
      const { tally } = rowFor(attempt, summary.model)
      if (attempt !== last) record(tally, 'failed', 0, null)
      else {
        // The last try begins later than the request.
        const head = attempt.startedAt - exchange.startedAt
        const first = firstTokenMs === null ? null : firstTokenMs - head
        record(tally, outcome, durationMs - head, first)
        addUsage(tally, summary)
      }
    }
  }
  return {
    observer: { finish },
    version: () => count,
    report: () => ({
      totals: describeTally(totals),
      rows: [
        ...Array.from(rows.values(), ({ key, tally, backend, model, target }) => ({
          ...{ kind: 'backend' as const, key, backend, model, target },
          ...describeTally(tally),
        })),
        ...describeNameless('others', others),
        ...describeNameless('gateway', gateway),
      ],
      latest: latest.toSorted((a, b) => b.id - a.id),
      window,
    }),
  }
}

interface Row {
  readonly key: string
  readonly tally: Tally
  readonly backend: string
  readonly model: string
  readonly target: string
  /** The number of the request that was counted here last. */
  usedAt: number
}

interface Tally {
  requests: number
  failed: number
  aborted: number
  inputTokens: number
  outputTokens: number
  readonly latency: SampleWindow
  readonly firstToken: SampleWindow
}

function createTally(window: number): Tally {
  return {
    requests: 0,
    failed: 0,
    aborted: 0,
    inputTokens: 0,
    outputTokens: 0,
    latency: createSampleWindow(window),
    firstToken: createSampleWindow(window),
  }
}

/** Failures are often quick: only successes are measured. */
function record(
  tally: Tally,
  outcome: RequestSummary['outcome'],
  durationMs: number,
  firstTokenMs: number | null,
): void {
  tally.requests++
  if (outcome === 'failed') tally.failed++
  else if (outcome === 'aborted') tally.aborted++
  else {
    tally.latency.add(durationMs)
    if (firstTokenMs !== null) tally.firstToken.add(firstTokenMs)
  }
}

function addUsage(tally: Tally, { inputTokens, outputTokens }: RequestSummary): void {
  tally.inputTokens += inputTokens ?? 0
  tally.outputTokens += outputTokens ?? 0
}

function addTally(sum: Tally, part: Tally): void {
  sum.requests += part.requests
  sum.failed += part.failed
  sum.aborted += part.aborted
  sum.inputTokens += part.inputTokens
  sum.outputTokens += part.outputTokens
  for (const value of part.latency.values()) sum.latency.add(value)
  for (const value of part.firstToken.values()) sum.firstToken.add(value)
}

function describeTally({ latency, firstToken, ...counts }: Tally): Figures {
  return {
    ...counts,
    latency: describeWindow(latency),
    firstToken: describeWindow(firstToken),
  }
}

function describeWindow(window: SampleWindow): Percentiles {
  const [p50, p95] = window.percentiles(50, 95)
  return { p50: p50 ?? null, p95: p95 ?? null }
}

function describeNameless(kind: 'gateway' | 'others', tally: Tally): ActivityRow[] {
  if (tally.requests === 0) return []
  const nameless = { kind, key: kind, backend: null, model: null, target: null }
  return [{ ...nameless, ...describeTally(tally) }]
}

function summarize(exchange: Exchange, id: number): RequestSummary {
  const { incoming, attempts, startedAt, firstChunkAt, usage, outcome } = exchange
  const failed = outcome === 'failed'
  return {
    id,
    startedAt,
    method: incoming.method,
    path: cut(plainPathOf(incoming.url)),
    model: cut(exchange.model),
    backend: attempts.at(-1)?.backend.name ?? null,
    tries: attempts.length,
    stream: exchange.stream,
    status: exchange.status,
    outcome: failed ? 'failed' : outcome === 'client-gone' ? 'aborted' : 'ok',
    error: failed ? nameError(exchange) : null,
    durationMs: (exchange.endedAt ?? exchange.now()) - startedAt,
    firstTokenMs: firstChunkAt === undefined ? null : firstChunkAt - startedAt,
    // What a failed request has cost, nobody can know.
    inputTokens: failed ? null : (usage.input ?? null),
    outputTokens: failed ? null : (usage.output ?? null),
  }
}

/** Without the query, where some put their keys. */
function plainPathOf(url: string): string {
  const path = pathOf(url)
  const end = path.indexOf('?')
  return end < 0 ? path : path.slice(0, end)
}

function nameError({ attempts, error }: Exchange): string {
  const status = attempts.at(-1)?.status
  const refused = status !== undefined && (status < 200 || status > 299)
  return refused ? 'provider_error' : (error?.code ?? 'internal')
}

const cut = (text: string) =>
  text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
