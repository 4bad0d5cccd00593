// What `aigw run` is made of, and what one run carries along.
import { parseConfig } from '../src/config/parse.ts'
import { createGateway, type Logger, type UpstreamFetch } from '../src/index.ts'
import type { LoadedConfig } from './config-source.ts'
import { createNodeFetch, type NodeFetch } from './fetch.ts'
import type { ProcessLog } from './log.ts'
import { serve } from './serve.ts'
import type { RunSettings, SimulationSettings } from './settings.ts'
import type { System } from './system.ts'

/** So that a test can put something else in its place. */
export interface RunParts {
  readonly parseConfig: typeof parseConfig
  readonly createGateway: typeof createGateway
  readonly createNodeFetch: typeof createNodeFetch
  readonly serve: typeof serve
  /** Loaded only when asked for. */
  readonly createSimulator: (settings: SimulationSettings) => Promise<UpstreamFetch>
}

export const nodeParts: RunParts = {
  parseConfig,
  createGateway,
  createNodeFetch,
  serve,
  async createSimulator(settings) {
    const { createSimulator } = await import('../src/simulate/simulator.ts')
    return createSimulator({ ...settings, now: Date.now, schedule: scheduleTimer })
  },
}

function scheduleTimer(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

export interface Run {
  readonly settings: RunSettings
  readonly system: System
  readonly parts: RunParts
  readonly loaded: LoadedConfig
  readonly processLog: ProcessLog
  readonly log: Logger
}

/** The providers themselves, or the simulator in their place. */
export function openOutgoing({ settings, parts }: Run): Promise<NodeFetch> {
  const { simulation } = settings
  if (simulation === undefined) return Promise.resolve(parts.createNodeFetch())
  return parts.createSimulator(simulation).then((fetch) => ({
    fetch,
    connections: () => ({ active: 0, idle: 0 }),
    retire: () => {},
    close: () => Promise.resolve(),
  }))
}

/** Of the process log, where nobody says. */
export const defaultLogLevel = 'warn'
