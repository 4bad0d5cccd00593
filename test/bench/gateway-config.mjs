// What the gateway under test is given: Envoy AI Gateway resources, one route rule and one backend a scenario.
import { providers, traffic } from './workloads.mjs'

const AI = 'aigateway.envoyproxy.io'
const EG = 'gateway.envoyproxy.io'
const GW = 'gateway.networking.k8s.io'
const meta = (name) => ({ name, namespace: 'default' })

const rule = (name) => ({
  matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: name }] }],
  backendRefs: [{ name }],
})

const backend = (name, port, provider) => [
  {
    apiVersion: `${EG}/v1alpha1`,
    kind: 'Backend',
    metadata: meta(name),
    spec: { endpoints: [{ ip: { address: '127.0.0.1', port } }] },
  },
  {
    apiVersion: `${AI}/v1beta1`,
    kind: 'AIServiceBackend',
    metadata: meta(name),
    spec: { schema: providers[provider].schema, backendRef: { name, kind: 'Backend', group: EG } },
  },
]

const secret = (name, stringData) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: meta(name),
  type: 'Opaque',
  stringData,
})

const credential = (name, schemas, spec) => ({
  apiVersion: `${AI}/v1beta1`,
  kind: 'BackendSecurityPolicy',
  metadata: meta(name),
  spec: {
    targetRefs: Object.keys(traffic)
      .filter((key) => schemas.includes(providers[traffic[key].provider].schema.name))
      .map((key) => ({ group: AI, kind: 'AIServiceBackend', name: key })),
    ...spec,
  },
})

/** What a cluster takes in one route. */
const RULES_PER_ROUTE = 15

/** Routes with `count` rules in all, each for a model of its own that nobody asks for. */
function idleRoutes(count) {
  const rules = Array.from({ length: count }, (_, i) => ({
    ...rule('unary'),
    matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: `model-${i}` }] }],
  }))
  return writeRoutes('idle', rules)
}

function writeRoutes(name, rules) {
  return Array.from({ length: Math.ceil(rules.length / RULES_PER_ROUTE) }, (_, i) => ({
    apiVersion: `${AI}/v1beta1`,
    kind: 'AIGatewayRoute',
    metadata: meta(`${name}-${i}`),
    spec: {
      parentRefs: [{ name: 'bench', kind: 'Gateway', group: GW }],
      rules: rules.slice(i * RULES_PER_ROUTE, (i + 1) * RULES_PER_ROUTE),
    },
  }))
}

/**
 * YAML documents for a listener on `port` and the providers' ports by scenario; `token` gives Google's access tokens. With
 * so many more rules.
 */
export function gatewayConfig(port, providerPorts, moreRules = 0) {
  const names = Object.keys(traffic)
  return [
    {
      apiVersion: `${GW}/v1`,
      kind: 'GatewayClass',
      metadata: { name: 'bench' },
      spec: { controllerName: `${EG}/gatewayclass-controller` },
    },
    {
      apiVersion: `${GW}/v1`,
      kind: 'Gateway',
      metadata: meta('bench'),
      spec: { gatewayClassName: 'bench', listeners: [{ name: 'http', protocol: 'HTTP', port }] },
    },
    // Envoy buffers only 32 KiB of an answer without this.
    {
      apiVersion: `${EG}/v1alpha1`,
      kind: 'ClientTrafficPolicy',
      metadata: meta('bench'),
      spec: {
        targetRefs: [{ group: GW, kind: 'Gateway', name: 'bench' }],
        connection: { bufferLimit: '50Mi' },
      },
    },
    ...writeRoutes('bench', names.map(rule)),
    ...idleRoutes(moreRules),
    ...names.flatMap((name) => backend(name, providerPorts[name], traffic[name].provider)),
    secret('openai-key', { apiKey: 'sk-bench' }),
    credential('openai-key', ['OpenAI'], {
      type: 'APIKey',
      apiKey: { secretRef: { name: 'openai-key' } },
    }),
    secret('anthropic-key', { apiKey: 'sk-ant-bench' }),
    credential('anthropic-key', ['Anthropic'], {
      type: 'AnthropicAPIKey',
      anthropicAPIKey: { secretRef: { name: 'anthropic-key' } },
    }),
    secret('aws-keys', {
      credentials:
        '[default]\naws_access_key_id=AKIABENCH\naws_secret_access_key=bench-secret-key\n',
    }),
    credential('aws-keys', ['AWSBedrock', 'AWSAnthropic'], {
      type: 'AWSCredentials',
      awsCredentials: {
        region: 'us-east-1',
        credentialsFile: { secretRef: { name: 'aws-keys' } },
      },
    }),
    secret('gcp-login', {
      'service_account.json': JSON.stringify({
        type: 'authorized_user',
        client_id: 'bench',
        client_secret: 'bench',
        refresh_token: 'bench',
        token_uri: `http://127.0.0.1:${providerPorts.token}/token`,
      }),
    }),
    credential('gcp-login', ['GCPVertexAI'], {
      type: 'GCPCredentials',
      gcpCredentials: {
        projectName: 'bench',
        region: 'us-central1',
        credentialsFile: { secretRef: { name: 'gcp-login' } },
      },
    }),
  ]
    .map((resource) => JSON.stringify(resource))
    .join('\n---\n')
}
