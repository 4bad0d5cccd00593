// EnvoyProxy (https://gateway.envoyproxy.io/docs/api/extension_types/): log level and access log of a Gateway.
import * as v from 'valibot'
import { ignored, silent, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { headerName, headerValue, nonEmptyText, portNumber } from '../fields/values.ts'

const accessLogSink = v.object({
  type: v.picklist(['File', 'OpenTelemetry', 'ALS']),
  file: v.optional(v.object({ path: nonEmptyText('path') })),
  openTelemetry: v.optional(
    v.looseObject({
      host: v.optional(v.string()),
      port: v.optional(portNumber),
      backendRefs: v.optional(
        v.array(
          v.looseObject({
            kind: v.optional(v.string()),
            name: v.string(),
            namespace: v.optional(v.string()),
            port: v.optional(portNumber),
          }),
        ),
      ),
      headers: v.optional(v.array(v.looseObject({ name: headerName, value: headerValue }))),
      resources: v.optional(v.record(v.string(), v.string())),
    }),
  ),
  als: unsupported(),
})

const accessLogSetting = v.object({
  // Lines of listeners and of routes are the same lines here.
  type: v.optional(v.picklist(['Listener', 'Route'])),
  matches: v.optional(v.array(v.string())),
  format: v.optional(
    v.object({
      type: v.optional(v.picklist(['Text', 'JSON'])),
      text: v.optional(v.string()),
      json: v.optional(v.record(v.string(), v.string())),
    }),
  ),
  sinks: v.array(accessLogSink),
})

const accessLog = v.object({
  disable: v.optional(v.boolean()),
  settings: v.optional(v.array(accessLogSetting)),
})

export type AccessLogSink = v.InferOutput<typeof accessLogSink>
export type AccessLogSetting = v.InferOutput<typeof accessLogSetting>

export const envoyProxy = resourceObject({
  spec: v.optional(
    v.object({
      logging: v.optional(
        v.object({
          // Members other than `default` are components of Envoy.
          level: v.optional(
            v.looseObject({
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
