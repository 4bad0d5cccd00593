// Resources of a configuration, as documents for the command.
const gatewayApi = 'gateway.networking.k8s.io/v1'
const gatewayGroup = 'gateway.networking.k8s.io'
export const envoyApi = 'gateway.envoyproxy.io/v1alpha1'
export const aiApi = 'aigateway.envoyproxy.io/v1beta1'
export const aiGroup = 'aigateway.envoyproxy.io'

export const doc = (apiVersion: string, kind: string, name: string, rest: object): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest })

/** Documents as one text. */
export const joinDocs = (docs: readonly string[]): string => docs.join('\n---\n')

/** A Gateway `aigw` with its class; `infrastructure`: the name of its EnvoyProxy. */
export const gatewayDocs = (envoyProxy?: string): string[] => [
  doc(gatewayApi, 'GatewayClass', 'aigw', {
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  }),
  doc(gatewayApi, 'Gateway', 'aigw', {
    spec: {
      gatewayClassName: 'aigw',
      listeners: [{ name: 'http', protocol: 'HTTP', port: 1975 }],
      ...(envoyProxy === undefined
        ? {}
        : {
            infrastructure: {
              parametersRef: {
                group: 'gateway.envoyproxy.io',
                kind: 'EnvoyProxy',
                name: envoyProxy,
              },
            },
          }),
    },
  }),
]

/** A rule for a model; `pattern`: for all models that match it. */
export const modelRule = (
  model: string | { readonly pattern: string },
  backendRefs: readonly object[],
) => ({
  matches: [
    {
      headers: [
        typeof model === 'string'
          ? { type: 'Exact', name: 'x-ai-eg-model', value: model }
          : { type: 'RegularExpression', name: 'x-ai-eg-model', value: model.pattern },
      ],
    },
  ],
  backendRefs,
})

export const routeDoc = (name: string, rules: readonly object[]): string =>
  doc(aiApi, 'AIGatewayRoute', name, {
    spec: { parentRefs: [{ name: 'aigw', kind: 'Gateway', group: gatewayGroup }], rules },
  })

/** Retries of a route, without a wait that anybody would notice. */
export const retryDoc = (route: string, retry: object): string =>
  doc(envoyApi, 'BackendTrafficPolicy', route, {
    spec: {
      targetRefs: [{ group: gatewayGroup, kind: 'HTTPRoute', name: route }],
      retry: { perRetry: { backOff: { baseInterval: '1ms', maxInterval: '2ms' } }, ...retry },
    },
  })

/** An AIServiceBackend and its Backend on this machine; `more` goes into the former. */
export const backendDocs = (
  name: string,
  port: number,
  schema: object,
  more: object = {},
): string[] => [
  doc(envoyApi, 'Backend', name, {
    spec: { endpoints: [{ ip: { address: '127.0.0.1', port } }] },
  }),
  doc(aiApi, 'AIServiceBackend', name, {
    spec: {
      schema,
      backendRef: { name, kind: 'Backend', group: 'gateway.envoyproxy.io' },
      ...more,
    },
  }),
]
