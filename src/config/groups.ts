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

/** Kinds that are read and have no effect yet, each with what that means to whoever wrote one. */
export const idleKinds: Readonly<Record<string, string>> = {
  MCPRoute: 'no MCP endpoint is served',
  QuotaPolicy: 'no quota is enforced',
  HTTPRoute: 'its paths are not served',
  SecurityPolicy: 'what it is to protect is refused',
  HTTPRouteFilter: 'its filters are not applied',
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
