// The name of one run: a directory of this name holds its log.
import { UsageError } from './exit-errors.ts'

/** `YYYYMMDD_HHMMSS_UUU` in local time; UUU are the microseconds modulo 1000. */
export function createRunId(microseconds: number): string {
  const date = new Date(Math.floor(microseconds / 1000))
  const pad = (value: number, width = 2) => String(value).padStart(width, '0')
  const day = `${pad(date.getFullYear(), 4)}${pad(date.getMonth() + 1)}${pad(date.getDate())}`
  const time = `${pad(date.getHours())}${pad(date.getMinutes())}${pad(date.getSeconds())}`
  return `${day}_${time}_${pad(microseconds % 1000, 3)}`
}

// It becomes a directory's name: it must not lead anywhere else. A colon would name a stream on Windows.
const forbidden = /[/\\:\p{Cc}]|\.\.|^\.?$/u

/** Returns it, or throws a `UsageError`. */
export function checkRunId(runId: string): string {
  if (forbidden.test(runId)) {
    throw new UsageError(
      `run: invalid run id ${JSON.stringify(runId)}: it must not be empty or hold path separators, ".." or ":"`,
    )
  }
  return runId
}
