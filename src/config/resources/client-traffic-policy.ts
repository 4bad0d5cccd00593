// ClientTrafficPolicy (https://gateway.envoyproxy.io/docs/api/extension_types/): the client's side of a listener.
import * as v from 'valibot'
import { ignored, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { hasTargets, missingTargets, trafficTargets } from '../fields/traffic-targets.ts'
import { byteQuantity, duration } from '../fields/values.ts'

export const clientTrafficPolicy = resourceObject({
  spec: v.pipe(
    v.object({
      ...trafficTargets,
      connection: v.optional(
        v.object({
          bufferLimit: v.optional(byteQuantity),
          connectionLimit: unsupported(),
          maxRequestsPerConnection: unsupported(),
          maxAcceptPerSocketEvent: ignored('has no effect in this gateway', 'info'),
          socketBufferLimit: ignored('has no effect in this gateway', 'info'),
        }),
      ),
      timeout: v.optional(
        v.object({
          tcp: unsupported(),
          http: v.optional(
            v.object({
              requestReceivedTimeout: v.optional(duration),
              idleTimeout: v.optional(duration),
              streamIdleTimeout: v.optional(duration),
            }),
          ),
        }),
      ),
      healthCheck: v.optional(
        v.object({
          path: v.pipe(v.string(), v.startsWith('/', 'must be a path that begins with /')),
        }),
      ),
      clientIPDetection: unsupported(),
      headers: v.optional(
        v.object({
          withUnderscoresAction: v.optional(v.picklist(['RejectRequest', 'Allow', 'DropHeader'])),
          enableEnvoyHeaders: unsupported(),
          disableRateLimitHeaders: unsupported(),
          xForwardedClientCert: unsupported(),
          preserveXRequestID: unsupported(),
          requestID: unsupported(),
          earlyRequestHeaders: unsupported(),
          lateResponseHeaders: unsupported(),
        }),
      ),
      path: unsupported(),
      tls: unsupported(),
      http1: unsupported(),
      http2: unsupported(),
      enableProxyProtocol: unsupported(),
      proxyProtocol: unsupported(),
      tcpKeepalive: unsupported(),
      http3: ignored(),
      scheme: ignored(),
    }),
    v.check((spec) => hasTargets(spec), missingTargets),
  ),
})
