// The process log: one line a record, as text (`time=… level=… msg=… k=v`) or JSON. Lines are handed to a stream
// and never waited for; credentials do not get in.
import { createWriteStream, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { LogFields, Logger, LogLevel } from '../src/index.ts'
import { maskQuery } from '../src/mask-query.ts'
import { isSensitiveHeader } from '../src/observe/sensitive-headers.ts'
import { messageOf } from './exit-errors.ts'
import type { LogFormat } from './settings.ts'
import type { Output } from './system.ts'

export interface ProcessLog {
  readonly log: Logger
  /** What is below is dropped from now on. */
  setLevel(level: LogLevel): void
  /** After all lines have been handed to the operating system. */
  close(): Promise<void>
}

export interface ProcessLogOptions {
  /** `<state-home>/runs/<run-id>`, made when it is not there. */
  readonly directory: string
  readonly format: LogFormat
  /** What is below is dropped. */
  readonly level: LogLevel
  /** Where lines go too, or instead: see `alsoToStderr`. */
  readonly stderr: Output
  readonly alsoToStderr: boolean
  readonly now?: () => number
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** A disk that stands still must not fill the memory: beyond this, lines are dropped and counted. */
const maxPendingBytes = 8 * 1024 * 1024

/** A directory that cannot be written is a warning: then lines go to stderr alone. */
export function openProcessLog(options: ProcessLogOptions): ProcessLog {
  const { stderr, now = Date.now } = options
  const file = openLogFile(options)
  const format = options.format === 'json' ? formatJson : formatText
  let threshold = ranks[options.level]

  const log: Logger = (level, message, fields = {}) => {
    if (ranks[level] < threshold) return
    const line = format({ time: new Date(now()).toISOString(), level, message, fields })
    file?.write(line)
    if (file === undefined || options.alsoToStderr) stderr.write(line)
  }
  return {
    log,
    setLevel(level) {
      threshold = ranks[level]
    },
    close: () => file?.close() ?? Promise.resolve(),
  }
}

interface LogFile {
  write(line: string): void
  close(): Promise<void>
}

function openLogFile({ directory, stderr }: ProcessLogOptions): LogFile | undefined {
  const path = join(directory, 'aigw.log')
  const giveUp = (error: unknown) => {
    stderr.write(`warning: cannot write ${path}: ${messageOf(error)}; the log goes to stderr\n`)
  }
  let descriptor: number
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 })
    descriptor = openSync(path, 'a', 0o640)
  } catch (error) {
    giveUp(error)
    return undefined
  }

  const stream = createWriteStream(path, { fd: descriptor })
  let dropped = 0
  let failed = false
  stream.on('error', (error) => {
    if (!failed) giveUp(error)
    failed = true
  })
  return {
    write(line) {
      if (failed) {
        stderr.write(line)
      } else if (stream.writableLength > maxPendingBytes) {
        dropped += 1
      } else {
        if (dropped > 0) stream.write(`… ${dropped} lines dropped: the disk was too slow\n`)
        dropped = 0
        stream.write(line)
      }
    },
    close: () =>
      new Promise((resolve) => {
        stream.once('close', resolve)
        if (failed || stream.closed) resolve()
        else stream.end()
      }),
  }
}

interface LogRecord {
  readonly time: string
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

export function formatText({ time, level, message, fields }: LogRecord): string {
  const pairs = readFields(fields).map(([key, value]) => ` ${quote(key)}=${quote(String(value))}`)
  return `time=${time} level=${level.toUpperCase()} msg=${quote(hideInUrls(message))}${pairs.join('')}\n`
}

export function formatJson({ time, level, message, fields }: LogRecord): string {
  const record: [string, string | number | boolean][] = [
    ['time', time],
    ['level', level.toUpperCase()],
    ['msg', hideInUrls(message)],
  ]
  // fromEntries defines members, so that a field named __proto__ is one like all others.
  return `${JSON.stringify(Object.fromEntries([...record, ...readFields(fields)]))}\n`
}

/** Bare where that is plain to read back: no space, quote, equals sign or control character. */
function quote(text: string): string {
  return text === '' || /[\s"=\\\p{Cc}]/u.test(text) ? JSON.stringify(text) : text
}

function readFields(fields: LogFields): [string, string | number | boolean][] {
  return Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, redactField(key, value)]],
  )
}

const redacted = '[REDACTED]'

// A field may carry a header under a prefix, as in `request.header.authorization`.
function redactField(key: string, value: string | number | boolean): string | number | boolean {
  const name = key.slice(key.lastIndexOf('.') + 1)
  if (isSensitiveHeader(name)) return redacted
  return typeof value === 'string' ? hideInUrls(value) : value
}

/** Takes user names, passwords and keys out of URLs, wherever they stand in a text. */
function hideInUrls(text: string): string {
  if (!text.includes('://')) return text
  return maskQuery(text.replace(/(:\/\/)[^\s/?#@]+@/g, `$1${redacted}@`))
}
