// EnvoyProxy (https://gateway.envoyproxy.io/docs/api/extension_types/): log level and access log of a Gateway.
import * as v from 'valibot'
import { atMost, ignored, silent, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { backendReference } from '../fields/names.ts'
import { headerName, headerValue, nonEmptyText, portNumber } from '../fields/values.ts'
import { envoyGatewayGroup } from '../groups.ts'

const texts = v.record(v.string(), v.string())

const collectorReference = v.pipe(
  v.object({
    ...backendReference.entries,
    weight: ignored('has no effect: the first collector that is found gets all', 'info'),
  }),
  v.check(
    ({ group = '', kind = 'Service' }) =>
      (group === '' && kind === 'Service') || (group === envoyGatewayGroup && kind === 'Backend'),
    `must be a Service, or a Backend of group ${envoyGatewayGroup}`,
  ),
)

const accessLogSink = v.object({
  type: v.picklist(['File', 'OpenTelemetry', 'ALS']),
  file: v.optional(v.object({ path: nonEmptyText('path') })),
  openTelemetry: v.optional(
    v.object({
      host: v.optional(v.string()),
      port: v.optional(portNumber),
      backendRef: unsupported('is not supported: name the collector in backendRefs'),
      backendRefs: v.optional(v.array(collectorReference)),
      backendSettings: ignored(),
      headers: v.optional(v.array(v.object({ name: headerName, value: headerValue }))),
      resources: v.optional(texts),
      resourceAttributes: v.optional(texts),
    }),
  ),
  als: unsupported(),
})

const components = [
  'admin',
  'client',
  'connection',
  'ext_proc',
  'filter',
  'http',
  'main',
  'router',
  'runtime',
  'system',
  'upstream',
] as const

const componentLevels = v.entriesFromList(
  components,
  ignored('has no effect: this component is part of Envoy alone', 'info'),
)

const accessLogSetting = v.object({
  type: v.optional(v.picklist(['Listener', 'Route', 'Upstream'])),
  matches: v.optional(v.pipe(v.array(v.string()), atMost(10))),
  format: v.optional(
    v.pipe(
      v.object({
        type: v.optional(v.picklist(['Text', 'JSON'])),
        text: v.optional(v.string()),
        json: v.optional(texts),
      }),
      v.check(
        ({ type, json }) => type !== 'Text' || json === undefined,
        'If AccessLogFormat type is Text, json field must not be set.',
      ),
      v.check(
        ({ type, text }) => type !== 'JSON' || text === undefined,
        'If AccessLogFormat type is JSON, text field must not be set.',
      ),
    ),
  ),
  sinks: v.pipe(v.array(accessLogSink), v.minLength(1, 'must have at least 1 items'), atMost(50)),
})

const accessLog = v.object({
  disable: v.optional(v.boolean()),
  settings: v.optional(
    v.pipe(v.array(accessLogSetting), v.minLength(1, 'must have at least 1 items'), atMost(50)),
  ),
})

export type AccessLogSink = v.InferOutput<typeof accessLogSink>
export type AccessLogSetting = v.InferOutput<typeof accessLogSetting>

export const envoyProxy = resourceObject({
  spec: v.optional(
    v.object({
      logging: v.optional(
        v.object({
          level: v.optional(
            v.object({
              ...componentLevels,
              default: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error'])),
            }),
          ),
        }),
      ),
      telemetry: v.optional(
        v.object({
          accessLog: v.optional(accessLog),
          tracing: ignored('is ignored: OTEL_* variables decide about traces', 'info'),
          metrics: ignored('is ignored: metrics are served by the admin server', 'info'),
          requestID: ignored(),
        }),
      ),
      preserveRouteOrder: unsupported(),
      bootstrap: silent(),
      provider: silent(),
      concurrency: ignored(),
      shutdown: ignored(),
      ipFamily: ignored(),
      filterOrder: ignored(),
      routingType: ignored(),
      mergeGateways: ignored(),
      extraArgs: ignored(),
      backendTLS: ignored(),
      luaValidation: ignored(),
      dynamicModules: ignored(),
      geoIP: ignored(),
    }),
  ),
})
