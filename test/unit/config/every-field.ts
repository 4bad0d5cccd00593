// Files that together set every field of every kind that has an effect.
import { backend, gateway, gatewayClass, resource, route, serviceBackend, toA } from './support.ts'

export interface Sample {
  readonly kind: string
  readonly subject: object
  /** What it takes besides to be a whole configuration. */
  readonly others: readonly object[]
}

const envoyGateway = 'gateway.envoyproxy.io'
const gatewayApi = 'gateway.networking.k8s.io'
const aiGateway = 'aigateway.envoyproxy.io'

const certificate = '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----'
const secret = (name: string, stringData: object) => resource('Secret', name, { stringData })
const inNamespace = (namespace: string, subject: object) => ({
  ...subject,
  metadata: { ...Reflect.get(subject, 'metadata'), namespace },
})

const base = [gatewayClass, gateway(), backend('a'), serviceBackend('a')]
const plain = [...base, route([toA])]

const headerMutation = {
  set: [{ name: 'x-set', value: 'v' }],
  remove: ['x-gone'],
}
const bodyMutation = { set: [{ path: 'a.b', value: '1' }], remove: ['c'] }

const grant = (from: string, to: string, toGroup: string, name?: string) =>
  inNamespace(
    'far',
    resource('ReferenceGrant', 'grant', {
      spec: {
        from: [{ group: aiGateway, kind: from, namespace: 'default' }],
        to: [{ group: toGroup, kind: to, ...(name === undefined ? {} : { name }) }],
      },
    }),
  )

const credential = (spec: object) =>
  resource('BackendSecurityPolicy', 'p', {
    spec: {
      targetRefs: [{ group: aiGateway, kind: 'AIServiceBackend', name: 'a' }],
      ...spec,
    },
  })

const keys = [
  secret('k', {
    apiKey: 'one',
    credentials: '[p]\naws_access_key_id=1',
    'client-secret': 's',
    'service_account.json': '{}',
  }),
  secret('kx', {
    apiKey: 'two',
    credentials: '[q]\naws_access_key_id=2',
    'client-secret': 't',
    'service_account.json': '{"a":1}',
  }),
]
const secretRef = { group: '', kind: 'Secret', name: 'k', namespace: 'default' }
const oidc = { provider: { issuer: 'https://issuer.example' } }

const tlsBackend = backend('a', {
  endpoints: [{ fqdn: { hostname: 'a.example', port: 443 } }],
})

const endpoints = [1, 2, 3].map((port) => ({ ip: { address: '127.0.0.1', port } }))
const trafficPolicy = (spec: object): Sample => ({
  kind: 'BackendTrafficPolicy',
  subject: resource('BackendTrafficPolicy', 'p', {
    spec: { targetRefs: [{ kind: 'HTTPRoute', name: 'route' }], ...spec },
  }),
  others: [gatewayClass, gateway(), backend('a', { endpoints }), serviceBackend('a'), route([toA])],
})

export const samples: readonly Sample[] = [
  {
    kind: 'GatewayClass',
    subject: resource('GatewayClass', 'class', {
      spec: {
        controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
        parametersRef: { group: envoyGateway, kind: 'EnvoyProxy', name: 'proxy', namespace: 'far' },
      },
    }),
    others: [
      gateway(),
      backend('a'),
      serviceBackend('a'),
      route([toA]),
      inNamespace(
        'far',
        resource('EnvoyProxy', 'proxy', { spec: { logging: { level: { default: 'error' } } } }),
      ),
    ],
  },
  {
    kind: 'Gateway',
    subject: {
      ...resource('Gateway', 'gw', {
        spec: {
          gatewayClassName: 'class',
          listeners: [
            {
              name: 'http',
              hostname: 'a.example',
              port: 1975,
              protocol: 'HTTP',
              tls: { mode: 'Terminate' },
              allowedRoutes: { namespaces: { from: 'None' } },
            },
          ],
          infrastructure: {
            parametersRef: { group: envoyGateway, kind: 'EnvoyProxy', name: 'proxy' },
          },
        },
      }),
      metadata: {
        name: 'gw',
        namespace: 'default',
        annotations: { 'aigateway.envoyproxy.io/gateway-config': 'config' },
      },
    },
    others: [
      gatewayClass,
      backend('a'),
      serviceBackend('a'),
      route([toA], { parentRefs: [{ name: 'gw', sectionName: 'http' }] }),
      resource('EnvoyProxy', 'proxy', { spec: { logging: { level: { default: 'error' } } } }),
      resource('GatewayConfig', 'config', {
        spec: { globalLLMRequestCosts: [{ metadataKey: 'k', type: 'InputToken' }] },
      }),
    ],
  },
  {
    kind: 'BackendTLSPolicy',
    subject: resource('BackendTLSPolicy', 'tls', {
      spec: {
        targetRefs: [{ group: envoyGateway, kind: 'Backend', name: 'a', sectionName: '443' }],
        validation: { hostname: 'a.example', wellKnownCACertificates: 'System' },
      },
    }),
    others: [gatewayClass, gateway(), tlsBackend, serviceBackend('a'), route([toA])],
  },
  {
    kind: 'BackendTLSPolicy',
    subject: resource('BackendTLSPolicy', 'tls', {
      spec: {
        targetRefs: [{ group: envoyGateway, kind: 'Backend', name: 'a' }],
        validation: {
          hostname: 'a.example',
          caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca', namespace: 'default' }],
        },
      },
    }),
    others: [
      gatewayClass,
      gateway(),
      tlsBackend,
      serviceBackend('a'),
      route([toA]),
      resource('ConfigMap', 'ca', { data: { 'ca.crt': certificate } }),
    ],
  },
  {
    kind: 'AIGatewayRoute',
    subject: {
      ...resource('AIGatewayRoute', 'route', {
        spec: {
          parentRefs: [
            {
              group: gatewayApi,
              kind: 'Gateway',
              name: 'gw',
              namespace: 'default',
              sectionName: 'http',
              port: 1975,
            },
          ],
          hostnames: ['a.example'],
          llmRequestCosts: [{ metadataKey: 'cost', type: 'CEL', cel: 'input_tokens' }],
          rules: [
            {
              name: 'rule',
              matches: [{ headers: [{ type: 'RegularExpression', name: 'x-h', value: 'v.*' }] }],
              timeouts: { request: '30s', backendRequest: '10s' },
              streamIdleTimeout: '5s',
              modelsOwnedBy: 'me',
              modelsCreatedAt: '2026-01-31T08:00:00Z',
              backendRefs: [
                {
                  name: 'a',
                  namespace: 'default',
                  modelNameOverride: 'other',
                  weight: 3,
                  priority: 1,
                  headerMutation,
                  bodyMutation,
                },
              ],
            },
          ],
        },
      }),
    },
    others: [
      gatewayClass,
      gateway({
        listeners: [
          { name: 'http', protocol: 'HTTP', port: 1975 },
          { name: 'b', protocol: 'HTTP', port: 1976 },
        ],
      }),
      backend('a'),
      serviceBackend('a'),
    ],
  },
  {
    kind: 'AIGatewayRoute',
    subject: route([
      {
        backendRefs: [
          { group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'pool' },
        ],
      },
    ]),
    others: base,
  },
  {
    kind: 'AIServiceBackend',
    subject: resource('AIServiceBackend', 'a', {
      spec: {
        schema: { name: 'OpenAI', prefix: 'api/v1' },
        backendRef: { group: envoyGateway, kind: 'Backend', name: 'a', namespace: 'default' },
        headerMutation,
        bodyMutation,
      },
    }),
    others: [gatewayClass, gateway(), backend('a'), route([toA])],
  },
  {
    kind: 'AIServiceBackend',
    subject: resource('AIServiceBackend', 'a', {
      spec: {
        schema: { name: 'AzureOpenAI', version: '2025-01-01' },
        backendRef: { group: envoyGateway, kind: 'Backend', name: 'a' },
      },
    }),
    others: [gatewayClass, gateway(), backend('a'), route([toA])],
  },
  {
    kind: 'ReferenceGrant',
    subject: grant('AIGatewayRoute', 'AIServiceBackend', aiGateway, 'a'),
    others: [
      gatewayClass,
      gateway(),
      inNamespace('far', backend('a')),
      inNamespace('far', serviceBackend('a')),
      route([{ backendRefs: [{ name: 'a', namespace: 'far' }] }]),
    ],
  },
  ...(
    [
      ['APIKey', 'apiKey'],
      ['AzureAPIKey', 'azureAPIKey'],
      ['AnthropicAPIKey', 'anthropicAPIKey'],
    ] as const
  ).map(([type, member]) => ({
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type,
      [member]: { secretRef },
      credentialOverride: {
        fromRequestHeaders: { header: 'x-own', fallbackToConfigured: true },
      },
    }),
    others: [...plain, ...keys],
  })),
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'APIKey',
      apiKey: { secretRef: { name: 'k' } },
      credentialOverride: {
        fromDynamicMetadata: { namespace: 'n', key: 'k', fallbackToConfigured: true },
      },
    }),
    others: [...plain, ...keys],
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'AWSCredentials',
      awsCredentials: { region: 'us-east-1', credentialsFile: { secretRef, profile: 'p' } },
    }),
    others: [...plain, ...keys],
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'AWSCredentials',
      awsCredentials: {
        region: 'us-east-1',
        oidcExchangeToken: { oidc, awsRoleArn: 'arn', grantType: 'g', aud: 'a' },
      },
    }),
    others: plain,
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'AzureCredentials',
      azureCredentials: { clientID: 'c', tenantID: 't', clientSecretRef: secretRef },
    }),
    others: [...plain, ...keys],
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'AzureCredentials',
      azureCredentials: { clientID: 'c', tenantID: 't', oidcExchangeToken: { oidc } },
    }),
    others: plain,
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'GCPCredentials',
      gcpCredentials: { projectName: 'p', region: 'r', credentialsFile: { secretRef } },
    }),
    others: [...plain, ...keys],
  },
  {
    kind: 'BackendSecurityPolicy',
    subject: credential({
      type: 'GCPCredentials',
      gcpCredentials: {
        projectName: 'p',
        region: 'r',
        workloadIdentityFederationConfig: {
          projectID: 'p',
          workloadIdentityPoolName: 'pool',
          workloadIdentityProviderName: 'provider',
          serviceAccountImpersonation: { serviceAccountName: 's' },
          oidcExchangeToken: { oidc },
        },
      },
    }),
    others: plain,
  },
  {
    kind: 'GatewayConfig',
    subject: resource('GatewayConfig', 'config', {
      spec: {
        extProc: { kubernetes: { env: [{ name: 'A', value: 'b' }] } },
        globalLLMRequestCosts: [{ metadataKey: 'k', type: 'CEL', cel: 'input_tokens' }],
        forwardProxy: { address: 'proxy.example:3128' },
      },
    }),
    others: [
      gatewayClass,
      {
        ...gateway(),
        metadata: {
          name: 'gw',
          annotations: { 'aigateway.envoyproxy.io/gateway-config': 'config' },
        },
      },
      backend('a'),
      serviceBackend('a'),
      route([toA]),
    ],
  },
  {
    kind: 'Backend',
    subject: backend('a', {
      type: 'Endpoints',
      endpoints: [{ fqdn: { hostname: 'a.example', port: 8443 }, hostname: 'b.example' }],
      tls: {
        wellKnownCACertificates: 'System',
        insecureSkipVerify: true,
        sni: 'c.example',
      },
    }),
    others: [gatewayClass, gateway(), serviceBackend('a'), route([toA])],
  },
  {
    kind: 'Backend',
    subject: backend('a', {
      endpoints: [{ ip: { address: '10.0.0.1', port: 80 } }, { unix: { path: '/run/a.sock' } }],
      tls: { caCertificateRefs: [{ group: '', kind: 'Secret', name: 'ca', namespace: 'default' }] },
    }),
    others: [
      gatewayClass,
      gateway(),
      serviceBackend('a'),
      route([toA]),
      secret('ca', { 'ca.crt': certificate }),
    ],
  },
  {
    kind: 'BackendTrafficPolicy',
    subject: resource('BackendTrafficPolicy', 'p', {
      spec: {
        targetRef: { group: gatewayApi, kind: 'HTTPRoute', name: 'route', sectionName: 'one' },
        retry: {
          numRetries: 4,
          numAttemptsPerPriority: 2,
          retryOn: { triggers: ['retriable-status-codes'], httpStatusCodes: [502] },
          perRetry: { timeout: '3s', backOff: { baseInterval: '10ms', maxInterval: '1s' } },
        },
        timeout: { tcp: { connectTimeout: '2s' }, http: { streamIdleTimeout: '7s' } },
      },
    }),
    others: [...base, route([{ ...toA, name: 'one' }])],
  },
  {
    kind: 'BackendTrafficPolicy',
    subject: resource('BackendTrafficPolicy', 'p', {
      spec: {
        targetRefs: [{ group: gatewayApi, kind: 'Gateway', name: 'gw', sectionName: 'http' }],
        retry: {},
      },
    }),
    others: plain,
  },
  ...[
    { type: 'SourceIP' },
    { type: 'Header', header: { name: 'x-user' } },
    { type: 'Headers', headers: [{ name: 'x-user' }, { name: 'x-team' }] },
    { type: 'Cookie', cookie: { name: 'user' } },
    { type: 'QueryParams', queryParams: [{ name: 'user' }] },
  ].map((consistentHash) =>
    trafficPolicy({ loadBalancer: { type: 'ConsistentHash', consistentHash } }),
  ),
  trafficPolicy({
    timeout: { http: { maxStreamDuration: '9s', connectionIdleTimeout: '8s' } },
    healthCheck: {
      passive: {
        splitExternalLocalOriginErrors: true,
        interval: '4s',
        consecutiveLocalOriginFailures: 6,
        consecutiveGatewayErrors: 7,
        consecutive5XxErrors: 8,
        baseEjectionTime: '9s',
        maxEjectionPercent: 20,
        alwaysEjectOneEndpoint: true,
      },
      panicThreshold: 30,
    },
    circuitBreaker: {
      maxConnections: 1,
      maxPendingRequests: 2,
      maxParallelRequests: 3,
      maxParallelRetries: 4,
      maxRequestsPerConnection: 5,
    },
    faultInjection: {
      delay: { fixedDelay: '1s', percentage: 5 },
      abort: { httpStatus: 503, percentage: 6 },
    },
    requestBuffer: { limit: '1Mi' },
  }),
  {
    kind: 'ClientTrafficPolicy',
    subject: resource('ClientTrafficPolicy', 'p', {
      spec: {
        targetRef: { group: gatewayApi, kind: 'Gateway', name: 'gw', sectionName: 'http' },
        connection: { bufferLimit: '1Mi' },
        timeout: {
          http: { requestReceivedTimeout: '5s', idleTimeout: '6s', streamIdleTimeout: '7s' },
        },
        healthCheck: { path: '/healthz' },
        headers: { withUnderscoresAction: 'DropHeader' },
      },
    }),
    others: plain,
  },
  {
    kind: 'ClientTrafficPolicy',
    subject: resource('ClientTrafficPolicy', 'p', {
      spec: {
        targetRefs: [{ group: gatewayApi, kind: 'Gateway', name: 'gw', sectionName: 'http' }],
        connection: { bufferLimit: '1Mi' },
      },
    }),
    others: plain,
  },
  {
    kind: 'EnvoyProxy',
    subject: resource('EnvoyProxy', 'proxy', {
      spec: {
        logging: { level: { default: 'error' } },
        telemetry: {
          accessLog: {
            settings: [
              {
                type: 'Route',
                matches: ["request.method == 'POST'"],
                format: { type: 'Text', text: '%DURATION%' },
                sinks: [{ type: 'File', file: { path: '/dev/stderr' } }],
              },
              {
                format: { type: 'JSON', json: { a: '%DURATION%' } },
                sinks: [
                  {
                    type: 'OpenTelemetry',
                    openTelemetry: {
                      host: 'collector.example',
                      port: 4317,
                      headers: [{ name: 'x-a', value: 'b' }],
                      resources: { 'service.name': 'x' },
                      resourceAttributes: { 'service.namespace': 'y' },
                    },
                  },
                ],
              },
              {
                sinks: [
                  {
                    type: 'OpenTelemetry',
                    openTelemetry: {
                      backendRefs: [
                        {
                          group: envoyGateway,
                          kind: 'Backend',
                          name: 'collector',
                          namespace: 'default',
                        },
                      ],
                    },
                  },
                  {
                    type: 'OpenTelemetry',
                    openTelemetry: { backendRefs: [{ name: 'service', port: 4317 }] },
                  },
                ],
              },
            ],
          },
        },
      },
    }),
    others: [
      gatewayClass,
      gateway({
        infrastructure: {
          parametersRef: { group: envoyGateway, kind: 'EnvoyProxy', name: 'proxy' },
        },
      }),
      backend('a'),
      serviceBackend('a'),
      route([toA]),
      backend('collector', { endpoints: [{ ip: { address: '10.0.0.9', port: 4317 } }] }),
    ],
  },
  {
    kind: 'EnvoyProxy',
    subject: resource('EnvoyProxy', 'proxy', {
      spec: { telemetry: { accessLog: { disable: true } } },
    }),
    others: [
      gatewayClass,
      gateway({
        infrastructure: {
          parametersRef: { group: envoyGateway, kind: 'EnvoyProxy', name: 'proxy' },
        },
      }),
      backend('a'),
      serviceBackend('a'),
      route([toA]),
    ],
  },
  {
    kind: 'Secret',
    subject: {
      ...resource('Secret', 'k', { data: { apiKey: 'b25l' } }),
      metadata: {
        name: 'k',
        annotations: {
          'substitution.aigw.run/env/apiKey': 'KEY',
          'substitution.aigw.run/file/apiKey': 'key.txt',
        },
      },
    },
    others: [...plain, credential({ type: 'APIKey', apiKey: { secretRef: { name: 'k' } } })],
  },
  {
    kind: 'Secret',
    subject: {
      ...resource('Secret', 'k', { stringData: { apiKey: 'one' } }),
      metadata: { name: 'k', annotations: { 'substitution.aigw.run/file/apiKey': 'key.txt' } },
    },
    others: [...plain, credential({ type: 'APIKey', apiKey: { secretRef: { name: 'k' } } })],
  },
  {
    kind: 'Secret',
    subject: resource('Secret', 'k', { stringData: { apiKey: 'one' } }),
    others: [...plain, credential({ type: 'APIKey', apiKey: { secretRef: { name: 'k' } } })],
  },
  ...(['data', 'binaryData'] as const).map((member) => ({
    kind: 'ConfigMap',
    subject: resource('ConfigMap', 'ca', {
      [member]: { 'ca.crt': member === 'data' ? certificate : btoa(certificate) },
    }),
    others: [
      gatewayClass,
      gateway(),
      tlsBackend,
      serviceBackend('a'),
      route([toA]),
      resource('BackendTLSPolicy', 'tls', {
        spec: {
          targetRefs: [{ group: envoyGateway, kind: 'Backend', name: 'a' }],
          validation: {
            hostname: 'a.example',
            caCertificateRefs: [{ kind: 'ConfigMap', name: 'ca' }],
          },
        },
      }),
    ],
  })),
]
