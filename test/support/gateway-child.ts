// The gateway alone in a process, for figures of its memory and its event loop. Bundled by gateway-process.ts.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createNodeFetch } from '../../runtime-node/fetch.ts'
import { serve } from '../../runtime-node/serve.ts'
import type { GatewaySpec } from '../../src/config/config.ts'
import { createGateway } from '../../src/index.ts'

export interface Memory {
  /** Bytes, after a collection. */
  readonly rss: number
  readonly used: number
  /** The most since the last time that somebody asked. */
  readonly peakRss: number
  readonly peakUsed: number
  /** The longest that anything waited for its turn since then. */
  readonly longestTurnMs: number
}

export interface Tally {
  /** Exchanges by their outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Exchanges that ended more than once. */
  readonly twice: number
  readonly inputTokens: number
  readonly errorsLogged: readonly string[]
}

export type Question =
  | { readonly ask: 'start'; readonly config: GatewaySpec }
  | { readonly ask: 'memory' }
  | { readonly ask: 'tally' }

declare const gc: () => void

const outcomes: Record<string, number> = {}
const seen = new WeakSet<object>()
const errorsLogged: string[] = []
let twice = 0
let inputTokens = 0
let peakRss = 0
let peakUsed = 0
const turns = monitorEventLoopDelay({ resolution: 5 })

function used(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function sample() {
  peakRss = Math.max(peakRss, process.memoryUsage.rss())
  peakUsed = Math.max(peakUsed, used())
}

async function start(config: GatewaySpec): Promise<number> {
  const gateway = createGateway({
    config,
    fetch: createNodeFetch().fetch,
    log(level, message, fields) {
      if (level === 'error') errorsLogged.push(`${message} ${JSON.stringify(fields)}`)
    },
    observers: [
      {
        finish(exchange) {
          const outcome = exchange.outcome ?? 'none'
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
          if (seen.has(exchange)) twice++
          seen.add(exchange)
          inputTokens += exchange.usage.input ?? 0
        },
      },
    ],
  })
  const client = config.listeners[0]?.client ?? { maxRequestBytes: 0 }
  const { port } = await serve(gateway.fetch, { port: 0, hosts: ['127.0.0.1'], client })
  setInterval(sample, 10)
  turns.enable()
  return port
}

async function measure(): Promise<Memory> {
  sample()
  const peaks = { peakRss, peakUsed, longestTurnMs: turns.max / 1e6 }
  for (let i = 0; i < 3; i++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  peakRss = 0
  peakUsed = 0
  sample()
  turns.reset()
  return { ...peaks, rss: process.memoryUsage.rss(), used: used() }
}

process.on('message', async (question: Question) => {
  switch (question.ask) {
    case 'start':
      return process.send?.(await start(question.config))
    case 'memory':
      return process.send?.(await measure())
    case 'tally':
      return process.send?.({ outcomes, twice, inputTokens, errorsLogged } satisfies Tally)
  }
})
