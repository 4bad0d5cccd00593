// Which API groups and kinds are known, and what the ones without a schema here mean to this gateway.

export const aiGatewayGroup = 'aigateway.envoyproxy.io'
export const gatewayApiGroup = 'gateway.networking.k8s.io'
export const envoyGatewayGroup = 'gateway.envoyproxy.io'
export const inferenceGroup = 'inference.networking.k8s.io'
export const coreGroup = ''

/** Versions by group, newest first. */
export const groupVersions: Readonly<Record<string, readonly string[]>> = {
  [aiGatewayGroup]: ['v1beta1', 'v1alpha1'],
  [gatewayApiGroup]: ['v1', 'v1beta1', 'v1alpha3', 'v1alpha2'],
  [envoyGatewayGroup]: ['v1alpha1'],
  [coreGroup]: ['v1'],
}

/** Known kinds that have no effect yet, each with what that means to whoever wrote one. */
export const plannedKinds: Readonly<
  Record<string, { readonly group: string; readonly effect: string }>
> = {
  MCPRoute: { group: aiGatewayGroup, effect: 'no MCP endpoint is served' },
  QuotaPolicy: { group: aiGatewayGroup, effect: 'no quota is enforced' },
  GatewayConfig: { group: aiGatewayGroup, effect: 'its settings are not applied' },
  HTTPRoute: { group: gatewayApiGroup, effect: 'its paths are not served' },
  ReferenceGrant: {
    group: gatewayApiGroup,
    effect: 'references to other namespaces are not followed',
  },
  SecurityPolicy: { group: envoyGatewayGroup, effect: 'clients are NOT authenticated' },
  HTTPRouteFilter: { group: envoyGatewayGroup, effect: 'its filters are not applied' },
}

/** Kinds whose effect exists only inside Envoy. */
export const envoyOnlyKinds: ReadonlySet<string> = new Set([
  'EnvoyExtensionPolicy',
  'EnvoyPatchPolicy',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'UDPRoute',
])
