// One line for each request, as the configuration has it, to each of its sinks.

import type { AccessLogSinkSpec, AccessLogSpec } from '../../config/config.ts'
import type { Exchange } from '../../exchange.ts'
import { pathOf } from '../../url-parts.ts'
import type { Observer } from '../observer.ts'
import { defaultText, recordText } from './defaults.ts'
import { compileJson, compileText, type Line, type LineFields } from './format.ts'
import type { OperatorOptions } from './operators.ts'

/** Takes lines and never makes anyone wait. */
export interface AccessLogSink {
  /** `fields` where the format has some. */
  write(line: Line, record: () => AccessRecord): void
}

/** What a collector gets. */
export interface AccessRecord {
  readonly body: string
  readonly fields: LineFields
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** What an expression may look at. */
export interface MatchView {
  header(name: string): string | undefined
  /** All of them, by their lower-case names. */
  headers(): Map<string, string>
  readonly method: string
  /** With the query, as the client asked. */
  path(): string
  readonly code: number
}

export type Match = (view: MatchView) => boolean

export interface AccessLogParts extends OperatorOptions {
  readonly settings: readonly AccessLogSpec[]
  /** By the expression. */
  readonly matches: ReadonlyMap<string, Match>
  readonly openSink: (spec: AccessLogSinkSpec) => AccessLogSink
}

export function createAccessLog(parts: AccessLogParts): Required<Pick<Observer, 'finish'>> {
  const entries = parts.settings.map((setting) => compileSetting(setting, parts))
  return {
    finish(exchange) {
      for (const entry of entries) entry(exchange)
    },
  }
}

function compileSetting(
  { matches, format, sinks }: AccessLogSpec,
  parts: AccessLogParts,
): (exchange: Exchange) => void {
  const options: OperatorOptions = parts
  const conditions = matches.flatMap((expression) => parts.matches.get(expression) ?? [])
  const open = sinks.map(parts.openSink)
  const write =
    format.kind === 'json'
      ? writeJson(format.fields, options)
      : writeText(format.text ?? defaultText, options)
  return (exchange) => {
    if (conditions.length > 0) {
      const view = createView(exchange)
      if (!conditions.some((match) => match(view))) return
    }
    const { line, record } = write(exchange)
    for (const sink of open) sink.write(line, record)
  }
}

interface Written {
  readonly line: Line
  record(): AccessRecord
}

function writeJson(
  fields: Readonly<Record<string, string>>,
  options: OperatorOptions,
): (exchange: Exchange) => Written {
  const format = compileJson(fields, options)
  const writeBody = compileText(recordText, options)
  return (exchange) => ({
    line: format.line(exchange),
    record: () => ({
      body: writeBody(exchange),
      fields: format.fields(exchange),
      time: exchange.startedAt,
    }),
  })
}

function writeText(text: string, options: OperatorOptions): (exchange: Exchange) => Written {
  const write = compileText(text, options)
  return (exchange) => {
    const line = write(exchange)
    return {
      line: { text: line, charset: 'unicode' },
      record: () => ({ body: line.trimEnd(), fields: {}, time: exchange.startedAt }),
    }
  }
}

const modelHeader = 'x-ai-eg-model'

function createView(exchange: Exchange): MatchView {
  const { incoming, model, status } = exchange
  return {
    header: (name) =>
      (name === modelHeader && model !== '' ? model : incoming.headers.get(name)) ?? undefined,
    headers() {
      const all = new Map<string, string>()
      incoming.headers.forEach((value, name) => {
        all.set(name, value)
      })
      if (model !== '') all.set(modelHeader, model)
      return all
    },
    method: incoming.method,
    path: () => pathOf(incoming.url),
    code: status,
  }
}
