// The kinds that this gateway understands. A new kind is one file and one line here.
import type * as v from 'valibot'
import { aiGatewayGroup, coreGroup, envoyGatewayGroup, gatewayApiGroup } from '../groups.ts'
import { aiGatewayRoute } from './ai-gateway-route.ts'
import { aiServiceBackend } from './ai-service-backend.ts'
import { backend } from './backend.ts'
import { backendSecurityPolicy } from './backend-security-policy.ts'
import { backendTlsPolicy } from './backend-tls-policy.ts'
import { backendTrafficPolicy } from './backend-traffic-policy.ts'
import { clientTrafficPolicy } from './client-traffic-policy.ts'
import { configMap } from './config-map.ts'
import { envoyProxy } from './envoy-proxy.ts'
import { gateway } from './gateway.ts'
import { gatewayClass } from './gateway-class.ts'
import { gatewayConfig } from './gateway-config.ts'
import { httpRoute } from './http-route.ts'
import { httpRouteFilter } from './http-route-filter.ts'
import { mcpRoute } from './mcp-route.ts'
import { quotaPolicy } from './quota-policy.ts'
import { referenceGrant } from './reference-grant.ts'
import { secret } from './secret.ts'
import { securityPolicy } from './security-policy.ts'

export const resourceKinds = {
  GatewayClass: { group: gatewayApiGroup, schema: gatewayClass },
  Gateway: { group: gatewayApiGroup, schema: gateway },
  BackendTLSPolicy: { group: gatewayApiGroup, schema: backendTlsPolicy },
  AIGatewayRoute: { group: aiGatewayGroup, schema: aiGatewayRoute },
  AIServiceBackend: { group: aiGatewayGroup, schema: aiServiceBackend },
  HTTPRoute: { group: gatewayApiGroup, schema: httpRoute },
  ReferenceGrant: { group: gatewayApiGroup, schema: referenceGrant },
  BackendSecurityPolicy: { group: aiGatewayGroup, schema: backendSecurityPolicy },
  GatewayConfig: { group: aiGatewayGroup, schema: gatewayConfig },
  MCPRoute: { group: aiGatewayGroup, schema: mcpRoute },
  QuotaPolicy: { group: aiGatewayGroup, schema: quotaPolicy },
  Backend: { group: envoyGatewayGroup, schema: backend },
  BackendTrafficPolicy: { group: envoyGatewayGroup, schema: backendTrafficPolicy },
  ClientTrafficPolicy: { group: envoyGatewayGroup, schema: clientTrafficPolicy },
  EnvoyProxy: { group: envoyGatewayGroup, schema: envoyProxy },
  HTTPRouteFilter: { group: envoyGatewayGroup, schema: httpRouteFilter },
  SecurityPolicy: { group: envoyGatewayGroup, schema: securityPolicy },
  Secret: { group: coreGroup, schema: secret },
  ConfigMap: { group: coreGroup, schema: configMap },
} as const satisfies Record<string, { readonly group: string; readonly schema: v.GenericSchema }>

export type Kind = keyof typeof resourceKinds

/** A validated resource of one kind, defaults filled in. */
export type ValueOf<K extends Kind> = v.InferOutput<(typeof resourceKinds)[K]['schema']>

export function isKind(kind: string): kind is Kind {
  return Object.hasOwn(resourceKinds, kind)
}
