// The configuration of the suite: two OpenAI backends, one of Bedrock and one of Vertex at one address, one that nobody
// serves.
import { generateKeyPairSync } from 'node:crypto'

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

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Of the service account, as a JWK. */
export const publicJwk = publicKey.export({ format: 'jwk' })

const serviceAccount = (provider) =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'gateway@project.test',
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    token_uri: `http://127.0.0.1:${provider}/token`,
  })

/**
 * Documents of YAML, each written as JSON. `client` goes into the ClientTrafficPolicy, `mainKey` to the provider, `more`
 * at the end.
 */
export function createConfig(options) {
  const { listener, provider, dead, client = {}, mainKey = 'sk-main', more = [] } = options
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
          rule('m-vertex', [{ name: 'vertex' }]),
          rule('m-dead', [{ name: 'dead' }]),
          {
            ...rule('m-hasty', [{ name: 'main' }]),
            timeouts: { request: '2500ms' },
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
    ...backend('vertex', provider, { name: 'GCPVertexAI' }),
    ...backend('dead', dead, { name: 'OpenAI' }),
    ...credential(
      'main',
      { type: 'APIKey', apiKey: { secretRef: { name: 'main' } } },
      { apiKey: mainKey },
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
    ...credential(
      'vertex',
      {
        type: 'GCPCredentials',
        gcpCredentials: {
          projectName: 'project',
          region: 'us-central1',
          credentialsFile: { secretRef: { name: 'vertex' } },
        },
      },
      { 'service_account.json': serviceAccount(provider) },
    ),
    ...more,
  ]
  return documents.map((document) => JSON.stringify(document, null, 2)).join('\n---\n')
}
