// Files as people write them for a cluster, one for each way to use the gateway.

function join(...documents: readonly string[]): string {
  return documents.map((text) => `${text.trim()}\n`).join('---\n')
}

const entrance = join(
  `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: team
spec:
  controllerName: gateway.envoyproxy.io/gatewayclass-controller`,
  `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: team
  namespace: default
spec:
  gatewayClassName: team
  listeners:
    - name: web
      protocol: HTTP
      port: 8080`,
)

const route = (model: string, backends: string, more = '') => `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata:
  name: assistants
  namespace: default
spec:
  parentRefs:
    - name: team
      kind: Gateway
      group: gateway.networking.k8s.io
  rules:
    - matches:
        - headers:
            - type: Exact
              name: x-ai-eg-model
              value: ${model}
      backendRefs:
${backends}${more}`

const provider = (name: string, schema: string, host: string) =>
  join(
    `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata:
  name: ${name}
  namespace: default
spec:
  schema:
    name: ${schema}
  backendRef:
    name: ${name}-host
    kind: Backend
    group: gateway.envoyproxy.io`,
    `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata:
  name: ${name}-host
  namespace: default
spec:
  endpoints:
    - fqdn:
        hostname: ${host}
        port: 443`,
    `
apiVersion: gateway.networking.k8s.io/v1alpha3
kind: BackendTLSPolicy
metadata:
  name: ${name}-tls
  namespace: default
spec:
  targetRefs:
    - group: gateway.envoyproxy.io
      kind: Backend
      name: ${name}-host
  validation:
    wellKnownCACertificates: System
    hostname: ${host}`,
  )

const credential = (backend: string, spec: string, key: string, value: string) =>
  join(
    `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata:
  name: ${backend}-access
  namespace: default
spec:
  targetRefs:
    - group: aigateway.envoyproxy.io
      kind: AIServiceBackend
      name: ${backend}
${spec.trimEnd()}`,
    `
apiVersion: v1
kind: Secret
metadata:
  name: ${backend}-secret
  namespace: default
type: Opaque
stringData:
  ${key}: ${value}`,
  )

const to = (...names: readonly string[]) =>
  names.map((name) => `        - name: ${name}`).join('\n')

const openai = join(
  provider('openai', 'OpenAI', 'api.openai.com'),
  credential(
    'openai',
    '  type: APIKey\n  apiKey:\n    secretRef:\n      name: openai-secret',
    'apiKey',
    'PUT_YOUR_KEY_HERE',
  ),
)

const aws = join(
  provider('bedrock', 'AWSBedrock', 'bedrock-runtime.us-east-1.amazonaws.com'),
  credential(
    'bedrock',
    `
  type: AWSCredentials
  awsCredentials:
    region: us-east-1
    credentialsFile:
      secretRef:
        name: bedrock-secret`.slice(1),
    'credentials',
    '|\n    [default]\n    aws_access_key_id = ID\n    aws_secret_access_key = KEY',
  ),
)

export const typicalFiles = {
  'one provider': join(entrance, route('gpt-4o-mini', to('openai')), openai),
  'Claude at Anthropic': join(
    entrance,
    route('claude-sonnet-4-5', to('claude')),
    provider('claude', 'Anthropic', 'api.anthropic.com'),
    credential(
      'claude',
      '  type: AnthropicAPIKey\n  anthropicAPIKey:\n    secretRef:\n      name: claude-secret',
      'apiKey',
      'PUT_YOUR_KEY_HERE',
    ),
  ),
  'Amazon Bedrock': join(entrance, route('us.amazon.nova-lite-v1:0', to('bedrock')), aws),
  'Azure OpenAI': join(
    entrance,
    route('gpt-4o', to('azure')),
    provider('azure', 'AzureOpenAI\n    version: 2025-01-01-preview', 'mine.openai.azure.com'),
    credential(
      'azure',
      `
  type: AzureCredentials
  azureCredentials:
    clientID: CLIENT
    tenantID: TENANT
    clientSecretRef:
      name: azure-secret`.slice(1),
      'client-secret',
      'PUT_YOUR_SECRET_HERE',
    ),
  ),
  'Vertex AI': join(
    entrance,
    route('gemini-2.5-flash', to('vertex')),
    provider('vertex', 'GCPVertexAI', 'us-central1-aiplatform.googleapis.com'),
    credential(
      'vertex',
      `
  type: GCPCredentials
  gcpCredentials:
    projectName: PROJECT
    region: us-central1
    credentialsFile:
      secretRef:
        name: vertex-secret`.slice(1),
      'service_account.json',
      '"{}"',
    ),
  ),
  'Cohere rerank': join(
    entrance,
    route('rerank-english-v3.0', to('cohere')),
    provider('cohere', 'Cohere\n    version: v2', 'api.cohere.com'),
    credential(
      'cohere',
      '  type: APIKey\n  apiKey:\n    secretRef:\n      name: cohere-secret',
      'apiKey',
      'PUT_YOUR_KEY_HERE',
    ),
  ),
  fallback: join(
    entrance,
    route(
      'gpt-4o-mini',
      '        - name: openai\n          priority: 0\n        - name: bedrock\n          priority: 1\n          modelNameOverride: us.amazon.nova-lite-v1:0',
    ),
    openai,
    aws,
    `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata:
  name: fallback
  namespace: default
spec:
  targetRefs:
    - group: gateway.networking.k8s.io
      kind: HTTPRoute
      name: assistants
  retry:
    numAttemptsPerPriority: 1
    numRetries: 3
    perRetry:
      backOff:
        baseInterval: 100ms
        maxInterval: 2s
      timeout: 20s
    retryOn:
      httpStatusCodes:
        - 500
        - 429
      triggers:
        - connect-failure
        - retriable-status-codes`,
  ),
  'token limits': join(
    entrance,
    route(
      'gpt-4o-mini',
      to('openai'),
      `
  llmRequestCosts:
    - metadataKey: llm_total_token
      type: TotalToken
    - metadataKey: llm_weighted
      type: CEL
      cel: "input_tokens + output_tokens * uint(4)"`,
    ),
    openai,
    `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata:
  name: budget
  namespace: default
spec:
  targetRefs:
    - group: gateway.networking.k8s.io
      kind: Gateway
      name: team
  rateLimit:
    type: Global
    global:
      rules:
        - clientSelectors:
            - headers:
                - name: x-team
                  type: Distinct
          limit:
            requests: 50000
            unit: Hour
          cost:
            request:
              from: Number
              number: 0
            response:
              from: Metadata
              metadata:
                namespace: io.envoy.ai_gateway
                key: llm_total_token`,
  ),
  'MCP servers': join(
    entrance,
    route('gpt-4o-mini', to('openai')),
    openai,
    `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: MCPRoute
metadata:
  name: tools
  namespace: default
spec:
  parentRefs:
    - name: team
      kind: Gateway
      group: gateway.networking.k8s.io
  path: /mcp
  backendRefs:
    - name: docs
      kind: Backend
      group: gateway.envoyproxy.io
      path: /mcp
      toolSelector:
        include:
          - search`,
    `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata:
  name: docs
  namespace: default
spec:
  endpoints:
    - fqdn:
        hostname: docs.example.com
        port: 80`,
  ),
} as const
