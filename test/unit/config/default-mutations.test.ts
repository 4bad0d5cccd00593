// One thing broken in the built-in configuration at a time: where the finger points, and what is said.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parse.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../../defaults/aigw.yaml'), 'utf8')

/**
 * `find` stands in the text (its first occurrence counts) and gives way to `put`, in which `«` stands
 * before the token at fault.
 */
type Mutation = readonly [find: string, put: string, code: string, hintOrMessage: string]

const mutations: readonly Mutation[] = [
  // Names of members.
  [
    '  gatewayClassName: aigw-run',
    '  «gatewayClasName: aigw-run',
    'schema.unknown-field',
    'did you mean gatewayClassName?',
  ],
  ['  listeners:\n', '  «listener:\n', 'schema.unknown-field', 'did you mean listeners?'],
  [
    '      protocol: HTTP',
    '      «protocl: HTTP',
    'schema.unknown-field',
    'did you mean protocol?',
  ],
  [
    '    bufferLimit: 50Mi',
    '    «buferLimit: 50Mi',
    'schema.unknown-field',
    'did you mean bufferLimit?',
  ],
  ['  connection:\n', '  «connections:\n', 'schema.unknown-field', 'did you mean connection?'],
  ['  logging:\n', '  «loging:\n', 'schema.unknown-field', 'did you mean logging?'],
  ['  parentRefs:\n', '  «parentRef:\n', 'schema.unknown-field', 'did you mean parentRefs?'],
  [
    '  llmRequestCosts:\n',
    '  «llmRequestCost:\n',
    'schema.unknown-field',
    'did you mean llmRequestCosts?',
  ],
  ['    - matches:\n', '    - «match:\n', 'schema.unknown-field', 'did you mean matches?'],
  [
    '      backendRefs:\n',
    '      «backendRef:\n',
    'schema.unknown-field',
    'did you mean backendRefs?',
  ],
  [
    '          headerMutation:\n',
    '          «headersMutation:\n',
    'schema.unknown-field',
    'did you mean headerMutation?',
  ],
  [
    '            remove: [aigw',
    '            «removed: [aigw',
    'schema.unknown-field',
    'did you mean remove?',
  ],
  [
    '        request: 120s',
    '        «requests: 120s',
    'schema.unknown-field',
    'did you mean request?',
  ],
  ['  backendRef:\n', '  «backendRefs:\n', 'schema.unknown-field', 'did you mean backendRef?'],
  ['  endpoints:\n', '  «endpoint:\n', 'schema.unknown-field', 'did you mean endpoints?'],
  ['    - fqdn:\n', '    - «fqnd:\n', 'schema.unknown-field', 'did you mean fqdn?'],
  [
    '    wellKnownCACertificates: System',
    '    «wellKnownCaCertificate: System',
    'schema.unknown-field',
    'did you mean wellKnownCACertificates?',
  ],
  [
    '  apiKey:\n    secretRef',
    '  «apikey:\n    secretRef',
    'schema.unknown-field',
    'did you mean apiKey?',
  ],
  [
    '      profile: default',
    '      «profil: default',
    'schema.unknown-field',
    'did you mean profile?',
  ],
  ['stringData:\n', '«stringdata:\n', 'schema.unknown-field', 'did you mean stringData?'],
  // Kinds and groups.
  ['kind: GatewayClass', 'kind: «GatwayClass', 'schema.kind', 'did you mean GatewayClass?'],
  [
    'kind: ClientTrafficPolicy',
    'kind: «ClientTraficPolicy',
    'schema.kind',
    'did you mean ClientTrafficPolicy?',
  ],
  ['kind: AIGatewayRoute', 'kind: «AIGatewayroutes', 'schema.kind', 'did you mean AIGatewayRoute?'],
  [
    'kind: AIServiceBackend\nmetadata',
    'kind: «AIServiceBackends\nmetadata',
    'schema.kind',
    'did you mean AIServiceBackend?',
  ],
  [
    'kind: BackendTLSPolicy',
    'kind: «BackendTlsPolices',
    'schema.kind',
    'did you mean BackendTLSPolicy?',
  ],
  [
    'kind: BackendSecurityPolicy',
    'kind: «BackendSecurity',
    'ignored.kind',
    'kind BackendSecurity is not known here',
  ],
  [
    'apiVersion: aigateway.envoyproxy.io/v1beta1',
    'apiVersion: «aigateways.envoyproxy.io/v1beta1',
    'schema.version',
    'did you mean aigateway.envoyproxy.io/v1beta1?',
  ],
  [
    'apiVersion: aigateway.envoyproxy.io/v1beta1',
    'apiVersion: «aigateway.envoyproxy.io/v1beta9',
    'schema.version',
    'version "v1beta9" is not known; v1beta1 is assumed',
  ],
  [
    'apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: Client',
    'apiVersion: «gateway.envoyproxy.com/v1alpha1\nkind: Client',
    'schema.version',
    'did you mean gateway.envoyproxy.io/v1alpha1?',
  ],
  // Values of a set.
  [
    '      protocol: HTTP',
    '      protocol: «http',
    'schema.enum',
    'Unsupported value: "http": supported values: "HTTP", "HTTPS"',
  ],
  ['      default: error', '      default: «errors', 'schema.enum', 'Unsupported value: "errors"'],
  [
    '      type: InputToken',
    '      type: «InputTokens',
    'schema.enum',
    'Unsupported value: "InputTokens"',
  ],
  [
    '            - type: Exact',
    '            - type: «exact',
    'schema.enum',
    'Unsupported value: "exact": supported values: "Exact", "RegularExpression"',
  ],
  [
    '    name: AWSBedrock',
    '    name: «AwsBedrock',
    'schema.enum',
    'Unsupported value: "AwsBedrock"',
  ],
  ['  type: APIKey', '  type: «ApiKey', 'schema.enum', 'Unsupported value: "ApiKey"'],
  ['Certificates: System', 'Certificates: «system', 'schema.enum', 'Unsupported value: "system"'],
  // Values out of their form.
  [
    'port: 1975',
    'port: «19750000',
    'schema.value',
    'Invalid value: 19750000: must be a whole number between 1 and 65535',
  ],
  ['port: 1975', 'port: «"1975"', 'schema.type', 'take the quotes away'],
  ['port: 1975', 'port: «0', 'schema.value', 'Invalid value: 0'],
  [
    'bufferLimit: 50Mi',
    'bufferLimit: «50MB',
    'schema.value',
    'Invalid value: "50MB": must be a quantity',
  ],
  ['request: 120s', 'request: «120', 'schema.type', 'put the value in quotes'],
  ['request: 120s', 'request: «2 minutes', 'schema.value', 'must be a duration such as 30s'],
  [
    'hostname: api.router.tetrate.ai',
    'hostname: «https://api.router.tetrate.ai',
    'schema.value',
    'must be a DNS name',
  ],
  [
    'address: 127.0.0.1\n        port: 11434',
    'address: «localhost\n        port: 11434',
    'schema.value',
    'Invalid value: "localhost": must be an IP address',
  ],
  ['name: x-ai-eg-model\n', 'name: «"x ai"\n', 'schema.value', 'must be a header name'],
  ['value: .*\n', 'value: «"*"\n', 'schema.regex', 'is no RE2 regular expression'],
  ['remove: [aigw-backend-selector]', 'remove: [«"a b"]', 'schema.value', 'must be a header name'],
  // Things that belong there and are not.
  ['        - name: tars\n', '        - «weight: 1\n', 'schema.required', 'Required value'],
  ['spec:\n  gatewayClassName: aigw-run\n', '«spec:\n', 'schema.required', 'Required value'],
  // Structure.
  [
    '      backendRefs:\n        - name: tars',
    '      «backendRefs:\n          name: tars',
    'schema.type',
    'begin each item with "- "',
  ],
  [
    'remove: [aigw-backend-selector]',
    'remove: «aigw-backend-selector',
    'schema.type',
    'expected array, got string',
  ],
  [
    '  schema:\n    name: OpenAI',
    '  schema: «OpenAI',
    'schema.type',
    'expected object, got string',
  ],
  [
    'kind: Gateway\n',
    'kind: Gateway\n«kind: Gateway\n',
    'yaml.duplicate-key',
    'key "kind" is given twice',
  ],
  ['  controllerName', '«\t  controllerName', 'yaml.syntax', 'Tabs'],
  // References.
  ['        - name: tars\n', '        - name: «tar\n', 'ref.missing', 'did you mean tars?'],
  [
    '    kind: Backend\n    name: aws',
    '    kind: Backend\n    name: «aw',
    'ref.missing',
    'did you mean aws?',
  ],
  [
    '    - group: gateway.networking.k8s.io\n      kind: Gateway\n      name: aigw-run\n  connection',
    '    - group: gateway.networking.k8s.io\n      kind: Gateway\n      name: «aigw\n  connection',
    'ref.missing',
    'there is no Gateway default/aigw',
  ],
  [
    '      kind: EnvoyProxy\n      name: envoy-ai-gateway',
    '      kind: EnvoyProxy\n      name: «envoy-gateway',
    'ref.missing',
    'there is no EnvoyProxy default/envoy-gateway',
  ],
  [
    '      name: openai-apikey\n---',
    '      name: «openai-api-key\n---',
    'ref.missing',
    'did you mean openai-apikey?',
  ],
  [
    '  gatewayClassName: aigw-run',
    '  gatewayClassName: «aigw',
    'ref.missing',
    'there is no GatewayClass',
  ],
  [
    '      kind: AIServiceBackend\n      name: tars',
    '      kind: AIServiceBackend\n      name: «tras',
    'ref.missing',
    'did you mean tars?',
  ],
  [
    '      kind: Backend\n      name: openai\n  validation',
    '      kind: Backend\n      name: «opena\n  validation',
    'ref.missing',
    'did you mean openai?',
  ],
  [
    '      kind: Gateway\n      name: aigw-run\n  #',
    '      kind: «Service\n      name: aigw-run\n  #',
    'schema.rule',
    'only Gateway is supported',
  ],
  // Shadows.
  [
    '              value: gpt-4o-mini\n',
    '              value: mistral:latest\n',
    'ignored.shadowed',
    'can never match: rule 4',
  ],
]

describe('each of the mutations', () => {
  it('is one of at least sixty', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(60)
  })

  it.each(mutations)('%j → %j is found at the token', (find, put, code, expected) => {
    expect(text).toContain(find)
    const marked = text.replace(find, () => put)
    const offset = marked.indexOf('«')
    const mutated = marked.replace('«', '')
    const env = { OPENAI_API_KEY: 'k', TARS_API_KEY: 'k' }
    const { diagnostics } = parseConfig({ file: 'a.yaml', text: mutated, env })
    const found = diagnostics.filter((one) => `${one.message} ${one.hint}`.includes(expected))
    expect(found[0]?.code).toBe(code)
    if (offset === -1) return
    const before = marked.slice(0, offset).split('\n')
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    expect(found).toContainEqual(expect.objectContaining(place))
  })
})
