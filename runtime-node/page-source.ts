// What the page of the admin server shows: what has gone through the gateway, and what to do where nothing has.
import type { ActivityReport } from '../src/observe/activity.ts'
import type { Telemetry } from './telemetry.ts'

export interface PageSource {
  /** Changes when the report does; costs next to nothing. */
  version(): string
  report(): PageReport
}

export interface PageReport extends ActivityReport {
  readonly version: string
  /** When counting began, milliseconds since the epoch. */
  readonly startedAt: number
  readonly inFlight: number
  /** What whoever runs the gateway should know. */
  readonly notice: string | null
  /** A command that sends a first request; null after that, and where none can be told to work. */
  readonly example: string | null
}

export interface PageSourceOptions {
  readonly telemetry: Pick<Telemetry, 'activity' | 'inFlight'>
  readonly version: string
  readonly startedAt: number
  readonly notice: () => string | undefined
  readonly example: () => string | undefined
}

export function createPageSource(options: PageSourceOptions): PageSource {
  const { version, startedAt } = options
  const { activity, inFlight } = options.telemetry
  return {
    version: () => `${activity.version()} ${inFlight()} ${options.notice() ?? ''}`,
    report: () => ({
      version,
      startedAt,
      inFlight: inFlight(),
      notice: options.notice() ?? null,
      example: activity.version() === 0 ? (options.example() ?? null) : null,
      ...activity.report(),
    }),
  }
}
