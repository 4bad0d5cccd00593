// What OpenTelemetry's packages say about themselves goes to our log: rarely, and without what could be a secret.
import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Logger, LogLevel } from '../../src/index.ts'

/** The same complaint is heard once in this time: a dead collector complains with each batch. */
const quietMs = 60_000

const levels: Readonly<Record<string, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
}

/** `level`: OTEL_LOG_LEVEL. Returns what takes the logger off. */
export function watchDiagnostics(
  level: string | undefined,
  log: Logger,
  now: () => number,
): () => void {
  let quietUntil = 0
  let unheard = 0
  const write = (kind: LogLevel) => (message: string) => {
    if (kind === 'error' || kind === 'warn') {
      if (now() < quietUntil) {
        unheard++
        return
      }
      quietUntil = now() + quietMs
    }
    // Errors arrive as JSON with a stack; the first line says what happened.
    const text = String(message).slice(0, 500)
    log(kind, 'telemetry', { says: text, unheard: unheard === 0 ? undefined : unheard })
    unheard = 0
  }
  diag.setLogger(
    {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      verbose: write('debug'),
    },
    {
      logLevel: levels[level?.toLowerCase() ?? 'info'] ?? DiagLogLevel.INFO,
      suppressOverrideMessage: true,
    },
  )
  return () => diag.disable()
}
