// The access log of a run: which lines its configuration wants, and the sinks that they go to. A reload keeps the sinks
// that stay in use.
import { devNull } from 'node:os'
import { listCredentialHeaders } from '../src/config/credential-headers.ts'
import type { Exchange, GatewaySpec, Logger, Observer } from '../src/index.ts'
import {
  type AccessLogSink,
  createAccessLog,
  type Match,
} from '../src/observe/access-log/access-log.ts'
import { generateAccessLog } from '../src/observe/access-log/defaults.ts'
import { compileMatches, needsCel } from '../src/observe/access-log/match.ts'
import type { HeaderAttribute } from '../src/observe/header-attributes.ts'
import type { OtelSettings, OtlpProtocol } from '../src/observe/otel-settings.ts'
import { loadCel } from './cel.ts'
import { messageOf } from './exit-errors.ts'
import { createLineSink, type LineSink } from './line-sink.ts'
import type { RecordSender } from './otel/logs.ts'

type Spec = Pick<GatewaySpec, 'accessLogs' | 'backends' | 'costs' | 'routes'>
type SinkSpec = NonNullable<GatewaySpec['accessLogs']>[number]['sinks'][number]

export interface AccessLogsOptions {
  readonly headerAttributes: readonly HeaderAttribute[]
  readonly settings: Pick<OtelSettings, 'logs'>
  readonly resource: Readonly<Record<string, string>>
  /** Standard output, which others write to as well. */
  readonly stdout: LineSink
  readonly stderr: LineSink
  readonly log: Logger
}

export interface AccessLogs {
  readonly observer: Observer
  /** Rejects with an `Error` where a condition cannot be understood; then nothing changes. */
  configure(spec: Spec): Promise<void>
  close(waitMs: number): Promise<void>
}

const gatherMs = 50
/** Enough for that; more would only be kept from being collected. */
const maxEnded = 16

export function createAccessLogs(options: AccessLogsOptions): AccessLogs {
  const { log } = options
  const files = new Map<string, LineSink>()
  const senders = new Map<string, RecordSender | Promise<RecordSender>>()
  let current: Required<Pick<Observer, 'finish'>> | undefined

  // Written together, not each as its request ends: formatting many lines in a row costs half as much.
  let ended: Exchange[] = []
  let timer: NodeJS.Timeout | undefined
  const writeLines = () => {
    clearTimeout(timer)
    timer = undefined
    const batch = ended
    ended = []
    let lost = 0
    let reason: unknown
    for (const exchange of batch) {
      try {
        current?.finish(exchange)
      } catch (error) {
        lost++
        reason = error
      }
    }
    // Not of each: nobody stands above a timer, and a log must not fill with what another has lost.
    if (lost > 0) log('error', 'access log', { trouble: messageOf(reason), lost })
  }

  const openFile = (path: string): LineSink => {
    if (path === '/dev/stdout') return options.stdout
    if (path === '/dev/stderr') return options.stderr
    const known = files.get(path)
    if (known !== undefined) return known
    const sink = createLineSink({
      target: path === '/dev/null' ? devNull : path,
      onTrouble: (text) => log('warn', 'access log', { trouble: text }),
    })
    files.set(path, sink)
    return sink
  }
  const openSender = (spec: Exclude<SinkSpec, { kind: 'file' }>): AccessLogSink => {
    const key = JSON.stringify(spec)
    const known = senders.get(key)
    let ready: RecordSender | undefined
    const opening = known ?? loadSender(spec, options)
    senders.set(key, opening)
    Promise.resolve(opening).then(
      (sender) => {
        ready = sender
      },
      (error: unknown) => log('error', 'access log', { trouble: messageOf(error) }),
    )
    // The first records of a run may come before their sender: those are lost.
    return { write: (_, record) => ready?.send(record()) }
  }
  return {
    observer: {
      finish(exchange) {
        if (current === undefined) return
        ended.push(exchange)
        if (ended.length >= maxEnded) writeLines()
        else timer ??= setTimeout(writeLines, gatherMs)
      },
    },
    async configure(spec) {
      const settings =
        spec.accessLogs ?? generateAccessLog(options.headerAttributes, environmentSinks(options))
      const expressions = [...new Set(settings.flatMap(({ matches }) => matches))]
      const costs = listCelCosts(spec)
      const cel = costs.length > 0 || expressions.some(needsCel) ? await loadCel() : undefined
      const matches: ReadonlyMap<string, Match> = compileMatches(expressions, cel?.match)
      // What has ended was served by the configuration before.
      writeLines()
      if (settings.length === 0) {
        current = undefined
        return
      }
      current = createAccessLog({
        settings,
        matches,
        headerAttributes: options.headerAttributes,
        credentialHeaders: listCredentialHeaders(spec),
        costs: spec.costs,
        routeCosts: new Map(spec.routes.map(({ name, costs: own }) => [name, own])),
        celCosts: new Map(cel && costs.map((expression) => [expression, cel.cost(expression)])),
        openSink(sink) {
          if (sink.kind !== 'file') return openSender(sink)
          const file = openFile(sink.path)
          return { write: ({ text, charset }) => file.write(text, charset) }
        },
      })
      // A run that begins must not lose what it logs first.
      await Promise.allSettled([...senders.values()])
    },
    async close(waitMs) {
      writeLines()
      current = undefined
      const sent = [...senders.values()].map(async (sender) => (await sender).shutdown())
      const written = [...files.values()].map((file) => file.close(waitMs))
      await Promise.allSettled([...sent, ...written])
    },
  }
}

const listCelCosts = ({ costs, routes }: Spec): readonly string[] => [
  ...new Set([...costs, ...routes.flatMap((route) => route.costs)].flatMap(({ cel }) => cel ?? [])),
]

function environmentSinks({ settings }: AccessLogsOptions): readonly SinkSpec[] {
  return settings.logs.map(({ kind }) =>
    kind === 'console' ? { kind: 'file', path: '/dev/stdout' } : { kind: 'environment' },
  )
}

async function loadSender(
  spec: Exclude<SinkSpec, { kind: 'file' }>,
  { settings, resource }: AccessLogsOptions,
): Promise<RecordSender> {
  const { openRecordSender } = await import('./otel/logs.ts')
  const chosen = settings.logs.find((exporter) => exporter.kind === 'otlp')
  if (spec.kind === 'environment') {
    const protocol = chosen?.kind === 'otlp' ? chosen.protocol : 'http/protobuf'
    return openRecordSender({ protocol, resource, target: undefined })
  }
  // A configuration for clusters means gRPC, unless the port says otherwise.
  const protocol: OtlpProtocol = spec.port === 4318 ? 'http/protobuf' : 'grpc'
  return openRecordSender({
    protocol,
    resource: { ...resource, ...spec.resource },
    target: {
      origin: `${spec.tls === undefined ? 'http' : 'https'}://${inUrl(spec.host)}:${spec.port}`,
      headers: { ...spec.headers },
      tls: spec.tls,
    },
  })
}

const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host)
