// The configuration when nobody names one: the built-in one, with whatever the environment says about providers
// (the variables of Envoy AI Gateway's own command: https://aigateway.envoyproxy.io/docs/cli/run).
import { parseAllDocuments, stringify } from 'yaml'
import { addedFields, ownFields, withAccessLog } from './environment-access-log.ts'
import { findProviders, isSet, organizationHeaders } from './environment-providers.ts'
import { RunError, UsageError } from './exit-errors.ts'
import { parseOllamaHost } from './ollama-host.ts'
import { makeAddress, makeProvider, type Provider, type Resource } from './provider-resources.ts'
import { withSpec } from './resource-spec.ts'
import type { Environment } from './system.ts'

export interface EnvironmentConfig {
  /** YAML, with references to variables in the place of credentials. */
  readonly text: string
  /** What made it differ from the built-in text; none: it is that text. */
  readonly variables: readonly string[]
}

/**
 * `builtIn` is the built-in text. Throws a `UsageError` or a `RunError` where the environment makes no
 * sense.
 */
export function buildEnvironmentConfig(env: Environment, builtIn: string): EnvironmentConfig {
  const strict = env.AIGW_DEFAULTS === 'v1'
  const { primary, further } = findProviders(env, strict)
  if (strict && primary === undefined) {
    throw new UsageError(
      'run: you must supply at least OPENAI_API_KEY, AZURE_OPENAI_API_KEY, ANTHROPIC_API_KEY, or a config file path',
    )
  }
  const variables = usedVariables.filter((name) => isSet(env, name))
  if (variables.length === 0) return { text: builtIn, variables }
  const seed = readResources(builtIn)
  const resources =
    primary === undefined
      ? extendBuiltIn(seed, further, env)
      : [
          ...makeFrame(seed),
          makeRoute(primary, further, strict),
          ...makeBackends(seed, [primary, ...further], strict),
        ]
  return { text: writeResources(moveOllama(resources, env)), variables }
}

const usedVariables = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_ORG_ID',
  'OPENAI_PROJECT_ID',
  'AZURE_OPENAI_API_KEY',
  'AZURE_OPENAI_ENDPOINT',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OLLAMA_HOST',
] as const

/** Names that tell whose model it is. */
const modelPatterns: Readonly<Record<string, string>> = {
  anthropic: 'claude-.*',
  openai: '(gpt-|o\\d|text-embedding-).*',
}

const selector = 'aigw-backend-selector'
const modelHeader = 'x-ai-eg-model'

function makeRule(backend: string, header: object): object {
  return {
    matches: [{ headers: [header] }],
    backendRefs: [{ name: backend, headerMutation: { remove: [selector] } }],
    timeouts: { request: '120s' },
  }
}

const bySelector = (name: string) => makeRule(name, { type: 'Exact', name: selector, value: name })
const byModel = (name: string, value: string) =>
  makeRule(name, { type: 'RegularExpression', name: modelHeader, value })

const costs = [
  { metadataKey: 'llm_input_token', type: 'InputToken' },
  { metadataKey: 'llm_output_token', type: 'OutputToken' },
  { metadataKey: 'llm_reasoning_token', type: 'ReasoningToken' },
]

/** Providers of the built-in configuration, each chosen by a header. */
const seedProviders = ['tars', 'openai', 'aws', 'ollama']

function makeRoute(primary: Provider, further: readonly Provider[], strict: boolean): Resource {
  const others = [primary, ...further].map(({ name }) => name)
  const selectable = [...new Set([...seedProviders, ...others])]
  const catchAll = byModel(primary.name, '.*')
  return {
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIGatewayRoute',
    metadata: { name: 'aigw-run', namespace: 'default' },
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'aigw-run' }],
      llmRequestCosts: costs,
      rules: strict
        ? [catchAll]
        : [...selectable.map(bySelector), ...further.flatMap(patternRules), catchAll],
    },
  }
}

function patternRules({ name }: Provider): object[] {
  const pattern = Object.hasOwn(modelPatterns, name) ? modelPatterns[name] : undefined
  return pattern === undefined ? [] : [byModel(name, pattern)]
}

/** Where clients connect, what is logged. */
function makeFrame(seed: readonly Resource[]): Resource[] {
  const kinds = ['GatewayClass', 'Gateway', 'ClientTrafficPolicy', 'EnvoyProxy']
  return seed
    .filter(({ kind }) => kinds.includes(kind))
    .map((resource) =>
      resource.kind === 'EnvoyProxy' ? withAccessLog(resource, ownFields) : resource,
    )
}

function makeBackends(
  seed: readonly Resource[],
  providers: readonly Provider[],
  strict: boolean,
): Resource[] {
  const taken = new Set(providers.map(({ name }) => name))
  const kept = seedProviders.filter((name) => !taken.has(name))
  return [
    ...providers.flatMap(makeProvider),
    ...(strict ? [] : kept.flatMap((name) => seed.filter((one) => belongsTo(one, name)))),
  ]
}

const providerKinds = [
  'AIServiceBackend',
  'Backend',
  'BackendTLSPolicy',
  'BackendSecurityPolicy',
  'Secret',
]

/** Its resources are named after a provider. */
function belongsTo({ kind, metadata }: Resource, provider: string): boolean {
  const name = metadata.name
  return providerKinds.includes(kind) && (name === provider || name.startsWith(`${provider}-`))
}

/** The built-in configuration with what the environment adds to it. */
function extendBuiltIn(
  seed: readonly Resource[],
  further: readonly Provider[],
  env: Environment,
): Resource[] {
  const headers = Object.entries(organizationHeaders(env))
  const set = headers.map(([name, variable]) => ({ name, value: `\${${variable}}` }))
  const extended = seed.map((resource) => {
    const { kind, metadata } = resource
    if (kind === 'AIGatewayRoute') return extendRoute(resource, further)
    if (kind === 'EnvoyProxy') return withAccessLog(resource, addedFields)
    if (kind === 'AIServiceBackend' && metadata.name === 'openai' && set.length > 0) {
      return withSpec(resource, (spec) => ({ ...spec, headerMutation: { set } }))
    }
    return resource
  })
  return [...extended, ...further.flatMap(makeProvider)]
}

function extendRoute(route: Resource, further: readonly Provider[]): Resource {
  return withSpec(route, (spec) => {
    const { rules, llmRequestCosts } = spec
    const own = Array.isArray(rules) ? rules : []
    const counted = Array.isArray(llmRequestCosts) ? llmRequestCosts : []
    // Before the pattern that takes everything.
    const added = further.flatMap((provider) => [
      bySelector(provider.name),
      ...patternRules(provider),
    ])
    return {
      ...spec,
      llmRequestCosts: [...counted, ...costs.slice(2)],
      rules: [...own.slice(0, -1), ...added, ...own.slice(-1)],
    }
  })
}

/** OLLAMA_HOST: in a container, loopback is never where Ollama runs. */
function moveOllama(resources: readonly Resource[], env: Environment): readonly Resource[] {
  if (!isSet(env, 'OLLAMA_HOST')) return resources
  const address = parseOllamaHost(env.OLLAMA_HOST ?? '')
  if (address === undefined) {
    throw new RunError('OLLAMA_HOST: expected host, host:port or an http(s) URL')
  }
  return resources.flatMap((resource) =>
    resource.kind === 'Backend' && resource.metadata.name === 'ollama'
      ? makeAddress('ollama', address)
      : [resource],
  )
}

function readResources(text: string): Resource[] {
  // What the built-in text holds.
  return parseAllDocuments(text).map((document) => document.toJS() as Resource)
}

function writeResources(resources: readonly Resource[]): string {
  return resources.map((resource) => stringify(resource)).join('---\n')
}
