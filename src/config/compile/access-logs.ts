// What an EnvoyProxy says about access logs: lines, conditions, and where they go.
// https://gateway.envoyproxy.io/docs/api/extension_types/#proxyaccesslog
import { findUnknownOperators } from '../access-log-operators.ts'
import type { AccessLogSinkSpec, AccessLogSpec } from '../config.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { AccessLogSetting, AccessLogSink } from '../resources/envoy-proxy.ts'
import type { Compilation } from './compilation.ts'

type EnvoyProxy = Resource<'EnvoyProxy'>

/** Undefined where the resource says nothing; empty where it wants none. */
export function compileAccessLogs(
  compilation: Compilation,
  proxy: EnvoyProxy | undefined,
): readonly AccessLogSpec[] | undefined {
  const accessLog = proxy?.value.spec?.telemetry?.accessLog
  if (proxy === undefined || accessLog === undefined) return undefined
  if (accessLog.disable === true) return []
  return accessLog.settings?.flatMap((setting, index) => {
    const path = ['spec', 'telemetry', 'accessLog', 'settings', index]
    const { type = 'Route' } = setting
    if (type === 'Route') return [compileSetting(compilation, proxy, setting, path)]
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
  compilation: Compilation,
  proxy: EnvoyProxy,
  { matches = [], format, sinks }: AccessLogSetting,
  path: Path,
): AccessLogSpec {
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
      compileSink(compilation, proxy, sink, [...path, 'sinks', index]),
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
  compilation: Compilation,
  proxy: EnvoyProxy,
  sink: AccessLogSink,
  path: Path,
): AccessLogSinkSpec[] {
  const { report } = compilation
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
      const target =
        host === undefined ? findTarget(compilation, proxy, backendRefs) : { host, port }
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

/** A Backend, or a Service of a cluster by the name that it has there. */
function findTarget(
  { resources }: Compilation,
  proxy: EnvoyProxy,
  references: readonly {
    readonly kind?: string | undefined
    readonly name: string
    readonly namespace?: string | undefined
    readonly port?: number | undefined
  }[],
): { readonly host: string; readonly port: number } | undefined {
  for (const { kind = 'Service', name, namespace = proxy.namespace, port = 4317 } of references) {
    if (kind === 'Service') return { host: `${name}.${namespace}`, port }
    const [endpoint] = resources.find('Backend', namespace, name)?.value.spec.endpoints ?? []
    const fqdn = endpoint?.fqdn
    if (fqdn !== undefined) return { host: fqdn.hostname, port: fqdn.port }
    const ip = endpoint?.ip
    if (ip !== undefined) return { host: ip.address, port: ip.port }
  }
  return undefined
}
