// The configuration of the suite: two OpenAI backends and one of Bedrock at one address, one that nobody serves.

const meta = (name) => ({ name, namespace: 'default' })
const gatewayGroup = 'gateway.networking.k8s.io'
const envoyGroup = 'gateway.envoyproxy.io'
const aiGroup = 'aigateway.envoyproxy.io'
const ai = `${aiGroup}/v1beta1`
const envoy = `${envoyGroup}/v1alpha1`

const backend = (name, port, schema) => [
  {
    apiVersion: envoy,
    kind: 'Backend',
    metadata: meta(name),
    spec: { endpoints: [{ ip: { address: '127.0.0.1', port } }] },
  },
  {
    apiVersion: ai,
    kind: 'AIServiceBackend',
    metadata: meta(name),
    spec: { schema, backendRef: { name, kind: 'Backend', group: envoyGroup } },
  },
]

const credential = (name, spec, stringData) => [
  {
    apiVersion: ai,
    kind: 'BackendSecurityPolicy',
    metadata: meta(name),
    spec: { targetRefs: [{ group: aiGroup, kind: 'AIServiceBackend', name }], ...spec },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta(name), type: 'Opaque', stringData },
]

const rule = (model, backendRefs) => ({
  matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: model }] }],
  backendRefs,
})

const awsFile = `[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret-of-aws
`

/** Documents of YAML, each written as JSON. `client` goes into the ClientTrafficPolicy. */
export function createConfig({ listener, provider, dead, client = {} }) {
  const gateway = { group: gatewayGroup, kind: 'Gateway', name: 'aigw' }
  const documents = [
    {
      apiVersion: `${gatewayGroup}/v1`,
      kind: 'GatewayClass',
      metadata: { name: 'aigw' },
      spec: { controllerName: `${envoyGroup}/gatewayclass-controller` },
    },
    {
      apiVersion: `${gatewayGroup}/v1`,
      kind: 'Gateway',
      metadata: meta('aigw'),
      spec: {
        gatewayClassName: 'aigw',
        listeners: [{ name: 'http', protocol: 'HTTP', port: listener }],
      },
    },
    {
      apiVersion: envoy,
      kind: 'ClientTrafficPolicy',
      metadata: meta('limit'),
      spec: { targetRefs: [gateway], connection: { bufferLimit: '4Mi' }, ...client },
    },
    {
      apiVersion: ai,
      kind: 'AIGatewayRoute',
      metadata: meta('models'),
      spec: {
        parentRefs: [gateway],
        rules: [
          rule('m-main', [{ name: 'main' }]),
          rule('m-fallback', [
            { name: 'main', priority: 0 },
            { name: 'spare', priority: 1 },
          ]),
          rule('m-bedrock', [{ name: 'bedrock', modelNameOverride: 'us.vendor.model-v1:0' }]),
          rule('m-dead', [{ name: 'dead' }]),
          {
            ...rule('m-hasty', [{ name: 'main' }]),
            timeouts: { request: '1500ms' },
          },
        ],
      },
    },
    {
      apiVersion: envoy,
      kind: 'BackendTrafficPolicy',
      metadata: meta('retry'),
      spec: {
        targetRefs: [{ group: gatewayGroup, kind: 'HTTPRoute', name: 'models' }],
        retry: {
          numRetries: 1,
          numAttemptsPerPriority: 1,
          perRetry: { backOff: { baseInterval: '1ms', maxInterval: '2ms' } },
          retryOn: {
            httpStatusCodes: [500],
            triggers: ['connect-failure', 'reset', 'retriable-status-codes'],
          },
        },
      },
    },
    ...backend('main', provider, { name: 'OpenAI', prefix: '/main/v1' }),
    ...backend('spare', provider, { name: 'OpenAI', prefix: '/spare/v1' }),
    ...backend('bedrock', provider, { name: 'AWSBedrock' }),
    ...backend('dead', dead, { name: 'OpenAI' }),
    ...credential(
      'main',
      { type: 'APIKey', apiKey: { secretRef: { name: 'main' } } },
      { apiKey: 'sk-main' },
    ),
    ...credential(
      'bedrock',
      {
        type: 'AWSCredentials',
        awsCredentials: {
          region: 'eu-west-1',
          credentialsFile: { secretRef: { name: 'bedrock' } },
        },
      },
      { credentials: awsFile },
    ),
  ]
  return documents.map((document) => JSON.stringify(document, null, 2)).join('\n---\n')
}
