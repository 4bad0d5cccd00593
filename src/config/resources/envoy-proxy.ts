// EnvoyProxy (https://gateway.envoyproxy.io/docs/api/extension_types/): log level and access log of a Gateway.
import * as v from 'valibot'
import { ignored, silent, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'

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
          accessLog: silent(),
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
