// What an EnvoyProxy says about access logs: lines, conditions, and where they go.
// https://gateway.envoyproxy.io/docs/api/extension_types/#proxyaccesslog
import { findUnknownOperators } from '../access-log-operators.ts'
import type { AccessLogSinkSpec, AccessLogSpec, TlsSpec } from '../config.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { AccessLogSetting, AccessLogSink } from '../resources/envoy-proxy.ts'
import type { Compilation } from './compilation.ts'
import type { TransportOf } from './transport.ts'

type EnvoyProxy = Resource<'EnvoyProxy'>

/** Undefined where the resource says nothing; empty where it wants none. */
export function compileAccessLogs(
  compilation: Compilation,
  proxy: EnvoyProxy | undefined,
  transportOf: TransportOf,
): readonly AccessLogSpec[] | undefined {
  const accessLog = proxy?.value.spec?.telemetry?.accessLog
  if (proxy === undefined || accessLog === undefined) return undefined
  if (accessLog.disable === true) return []
  return accessLog.settings?.flatMap((setting, index) => {
    const path = ['spec', 'telemetry', 'accessLog', 'settings', index]
    const { type = 'Route' } = setting
    if (type === 'Route')
      return [compileSetting({ compilation, transportOf }, proxy, setting, path)]
    compilation.report(proxy, {
      severity: 'warning',
      code: 'ignored.access-log',
      path: [...path, 'type'],
      text: `${type === 'Listener' ? 'connections' : 'attempts'} have no lines of their own here; only settings of type Route do`,
    })
    return []
  })
}

function compileSetting(
  input: Input,
  proxy: EnvoyProxy,
  { matches = [], format, sinks }: AccessLogSetting,
  path: Path,
): AccessLogSpec {
  const { compilation } = input
  matches.forEach((expression, index) => {
    const fault = compilation.checkExpression('match', expression)
    if (fault === undefined) return
    compilation.report(proxy, {
      severity: 'error',
      code: 'schema.cel',
      path: [...path, 'matches', index],
      text: `invalid CEL expression: ${fault}`,
    })
  })
  if (format?.type !== 'Text') {
    for (const [name, text] of Object.entries(format?.json ?? {})) {
      reportUnknown(compilation, proxy, text, [...path, 'format', 'json', name])
    }
  }
  if (format?.text !== undefined) {
    reportUnknown(compilation, proxy, format.text, [...path, 'format', 'text'])
  }
  return {
    matches,
    format:
      format?.type === 'JSON' || (format?.type === undefined && format?.json !== undefined)
        ? { kind: 'json', fields: format.json ?? {} }
        : { kind: 'text', ...(format?.text === undefined ? {} : { text: format.text }) },
    sinks: sinks.flatMap((sink, index) =>
      compileSink(input, proxy, sink, [...path, 'sinks', index]),
    ),
  }
}

function reportUnknown({ report }: Compilation, proxy: EnvoyProxy, text: string, path: Path): void {
  for (const name of findUnknownOperators(text)) {
    report(proxy, {
      severity: 'warning',
      code: 'unsupported.operator',
      path,
      text: `%${name}% means nothing in this gateway; its value is missing in every line`,
    })
  }
}

function compileSink(
  input: Input,
  proxy: EnvoyProxy,
  sink: AccessLogSink,
  path: Path,
): AccessLogSinkSpec[] {
  const { report } = input.compilation
  switch (sink.type) {
    case 'File':
      return [{ kind: 'file', path: sink.file?.path ?? '/dev/stdout' }]
    case 'OpenTelemetry': {
      const {
        host,
        port = 4317,
        backendRefs = [],
        headers = [],
        resources = {},
        resourceAttributes = {},
      } = sink.openTelemetry ?? {}
      const target = host === undefined ? findTarget(input, proxy, backendRefs) : { host, port }
      if (target === undefined) {
        report(proxy, {
          severity: 'warning',
          code: 'ref.access-log',
          path: [...path, 'openTelemetry'],
          text: 'no collector is named here that could be found; nothing is sent',
        })
        return []
      }
      return [
        {
          kind: 'otlp',
          ...target,
          headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
          resource: { ...resources, ...resourceAttributes },
        },
      ]
    }
    default:
      report(proxy, {
        severity: 'warning',
        code: 'unsupported.access-log',
        path: [...path, 'type'],
        text: `sinks of type ${sink.type} are not supported; File and OpenTelemetry are`,
      })
      return []
  }
}

interface Input {
  readonly compilation: Compilation
  readonly transportOf: TransportOf
}

interface CollectorTarget {
  readonly host: string
  readonly port: number
  readonly tls?: TlsSpec
}

/** A Backend, or a Service of a cluster by the name that it has there. */
function findTarget(
  { compilation, transportOf }: Input,
  proxy: EnvoyProxy,
  references: readonly {
    readonly kind?: string | undefined
    readonly name: string
    readonly namespace?: string | undefined
    readonly port?: number | undefined
  }[],
): CollectorTarget | undefined {
  for (const { kind = 'Service', name, namespace = proxy.namespace, port = 4317 } of references) {
    if (kind === 'Service') return { host: `${name}.${namespace}`, port }
    const backend = compilation.resources.find('Backend', namespace, name)
    if (backend === undefined) continue
    const { endpoints, tls } = transportOf(backend)
    const endpoint = endpoints.find(({ kind: address }) => address !== 'unix')
    if (endpoint === undefined) continue
    return { host: endpoint.host, port: endpoint.port, ...(tls === undefined ? {} : { tls }) }
  }
  return undefined
}
