// Envoy's command operators, as far as they mean something here: each a function of a request that has ended.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
import type { OperatorName } from '../../config/access-log-operators.ts'
import type { CostSpec } from '../../config/config.ts'
import type { ErrorKind, GatewayError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { causeCodeOf, describeCause } from '../../failure-cause.ts'
import { maskQuery } from '../../mask-query.ts'
import type { Backend } from '../../routing/route.ts'
import { pathOf, withoutPort } from '../../url-parts.ts'
import type { Usage } from '../../usage/usage.ts'
import { readPace } from '../genai-metrics.ts'
import type { HeaderAttribute } from '../header-attributes.ts'
import { isSensitiveHeader } from '../sensitive-headers.ts'

export type OperatorValue = string | number | undefined
export type Operator = (exchange: Exchange) => OperatorValue

export interface OperatorOptions {
  /** Lower-case names of request headers that bring credentials, besides those that always do. */
  readonly credentialHeaders: ReadonlySet<string>
  /** Request headers that are also metadata, by the attribute's name. */
  readonly headerAttributes: readonly HeaderAttribute[]
  /** What the configuration counts on all routes. */
  readonly costs: readonly CostSpec[]
  /** What it counts on one, by the route's `namespace/name`: in the place of a cost of all with the same key. */
  readonly routeCosts?: ReadonlyMap<string, readonly CostSpec[]>
  /** By the expression. They throw where a cost cannot be told. */
  readonly celCosts?: ReadonlyMap<string, (variables: CostVariables) => number>
}

/** Of `%NAME(argument)%`. */
export function createOperator(
  name: OperatorName,
  argument: string,
  options: OperatorOptions,
): Operator {
  switch (name) {
    case 'REQ':
      return createHeaderOperator(argument, options)
    case 'RESP':
      return createAnswerHeaderOperator(argument.toLowerCase())
    case 'DYNAMIC_METADATA':
      return createMetadataOperator(argument, options)
    default:
      return plain[name]
  }
}

/** Names that cannot be followed by anything but an argument that changes their form. */
const plain: Readonly<
  Record<Exclude<OperatorName, 'REQ' | 'RESP' | 'DYNAMIC_METADATA'>, Operator>
> = {
  START_TIME: ({ startedAt }) => writeTime(startedAt),
  DURATION: (exchange) => elapsed(exchange),
  PROTOCOL: ({ incoming }) => incoming.protocol,
  RESPONSE_CODE: ({ status }) => status,
  RESPONSE_CODE_DETAILS: describeCode,
  RESPONSE_FLAGS: describeFlags,
  CONNECTION_TERMINATION_DETAILS: ({ outcome }) =>
    outcome === 'client-gone' ? 'downstream_remote_disconnect' : undefined,
  UPSTREAM_TRANSPORT_FAILURE_REASON: ({ error }) =>
    error?.kind === 'upstream-unreachable' ? describeUnreachable(error) : undefined,
  BYTES_RECEIVED: ({ receivedBytes }) => receivedBytes,
  BYTES_SENT: ({ sentBytes }) => sentBytes,
  UPSTREAM_HOST: ({ attempts }) => hostOf(attempts.at(-1)?.origin),
  UPSTREAM_CLUSTER: ({ route }) => route && `httproute/${route.name}`,
  UPSTREAM_LOCAL_ADDRESS: () => undefined,
  DOWNSTREAM_LOCAL_ADDRESS: ({ incoming }) => incoming.localAddress,
  DOWNSTREAM_REMOTE_ADDRESS: ({ incoming }) => incoming.remoteAddress,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ incoming }) => addressOf(incoming.remoteAddress),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({ incoming }) => incoming.remoteAddress,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({ incoming }) =>
    addressOf(incoming.remoteAddress),
  REQUESTED_SERVER_NAME: () => undefined,
  ROUTE_NAME: ({ route }) => route?.name,
}

let lastSecond = Number.NaN
let lastSecondText = ''

/** ISO 8601 with milliseconds; the second is written once for all that began in it. */
function writeTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondText = new Date(second * 1000).toISOString().slice(0, -'000Z'.length)
  }
  const rest = Math.floor(milliseconds) - second * 1000
  return `${lastSecondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`
}

/** In Envoy's form, for example `delayed_connect_error:_Connection_refused`. */
function describeUnreachable({ cause, message }: GatewayError): string {
  const code = causeCodeOf(cause)
  const why = describeCause(code)
  if (why === undefined) return code ?? message
  const words = `${why.slice(0, 1).toUpperCase()}${why.slice(1)}`.replaceAll(' ', '_')
  return /^(certificate|TLS)/.test(why) ? `TLS_error:_${words}` : `delayed_connect_error:_${words}`
}

const elapsed = ({ startedAt, endedAt = startedAt }: Exchange) => Math.round(endedAt - startedAt)

/** `X?Y`: the second where the first is not there. `:N` behind cuts the value. */
function createHeaderOperator(argument: string, options: OperatorOptions): Operator {
  const [, names = '', limit] = /^(.*?)(?::(\d+))?$/.exec(argument) ?? []
  const readers = names.split('?').map((name) => readHeader(name.trim().toLowerCase(), options))
  return (exchange) => {
    for (const read of readers) {
      const value = read(exchange)
      if (value !== undefined) return limit === undefined ? value : value.slice(0, Number(limit))
    }
    return undefined
  }
}

function createAnswerHeaderOperator(name: string): Operator {
  const hides = isSensitiveHeader(name)
  return ({ attempts }) => {
    const value = attempts.at(-1)?.headers?.get(name) ?? undefined
    return value !== undefined && hides ? redacted : value
  }
}

const redacted = '[REDACTED]'

function readHeader(
  name: string,
  { credentialHeaders }: OperatorOptions,
): (exchange: Exchange) => string | undefined {
  switch (name) {
    case ':method':
      return ({ incoming }) => incoming.method
    case ':path':
      // What the provider was asked for, where it was.
      return ({ attempts, incoming }) => maskQuery(attempts.at(-1)?.path || pathOf(incoming.url))
    case 'x-envoy-original-path':
      return ({ incoming }) => maskQuery(pathOf(incoming.url))
    case ':authority':
      return ({ incoming }) => incoming.headers.get('host') ?? undefined
    case ':scheme':
      return ({ incoming }) => incoming.url.slice(0, incoming.url.indexOf(':'))
    case 'x-ai-eg-model':
      return ({ model, incoming }) => model || (incoming.headers.get(name) ?? undefined)
    case 'x-forwarded-for':
      return ({ incoming }) => incoming.headers.get(name) ?? addressOf(incoming.remoteAddress)
    default: {
      const hides = isSensitiveHeader(name) || credentialHeaders.has(name)
      return ({ incoming }) => {
        const value = incoming.headers.get(name) ?? undefined
        return value !== undefined && hides ? redacted : value
      }
    }
  }
}

function createMetadataOperator(argument: string, options: OperatorOptions): Operator {
  const [, namespace, key = ''] = /^([^:]*):(.*)$/.exec(argument) ?? []
  if (namespace !== 'io.envoy.ai_gateway') return () => undefined
  const mapped = options.headerAttributes.find(({ attribute }) => attribute === key)
  if (mapped !== undefined) {
    return ({ incoming }) => incoming.headers.get(mapped.header) || undefined
  }
  const known = Object.hasOwn(metadata, key) ? metadata[key] : undefined
  if (known !== undefined) return known
  return createCostOperator(key, options)
}

function createCostOperator(key: string, options: OperatorOptions): Operator {
  const { costs, routeCosts = new Map<string, readonly CostSpec[]>() } = options
  const find = (list: readonly CostSpec[]) => list.find(({ metadataKey }) => metadataKey === key)
  const compile = (cost: CostSpec | undefined) => {
    const field = tokenFields[cost?.type ?? ''] ?? tokenFields[key]
    if (cost?.cel !== undefined) return computeCost(options.celCosts?.get(cost.cel))
    return ({ usage }: Exchange) => (field === undefined ? undefined : usage[field])
  }
  const general = compile(find(costs))
  const ofRoutes = new Map(
    [...routeCosts].flatMap(([name, list]) => {
      const own = find(list)
      return own === undefined ? [] : [[name, compile(own)] as const]
    }),
  )
  return (exchange) => {
    // A failed request has cost nothing that anybody could know.
    if (exchange.outcome !== 'complete') return undefined
    const read = ofRoutes.size === 0 ? undefined : ofRoutes.get(routeNameOf(exchange) ?? '')
    return (read ?? general)(exchange)
  }
}

/** What an expression for a cost may name. */
export const tokenVariables = [
  'input_tokens',
  'cached_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens',
  'total_tokens',
  'reasoning_tokens',
] as const

export type CostVariables = Readonly<
  Record<(typeof tokenVariables)[number], number> &
    Record<'model' | 'backend' | 'route_name', string>
>

/** What cannot be computed is 0. */
function computeCost(evaluate: ((variables: CostVariables) => number) | undefined): Operator {
  return (exchange) => {
    const { usage, attempts, model } = exchange
    try {
      return evaluate?.({
        model: attempts.at(-1)?.target.model ?? model,
        backend: nameBackendRef(exchange) ?? '',
        route_name: routeNameOf(exchange) ?? '',
        input_tokens: usage.input ?? 0,
        cached_input_tokens: usage.cachedInput ?? 0,
        cache_creation_input_tokens: usage.cacheCreationInput ?? 0,
        output_tokens: usage.output ?? 0,
        total_tokens: usage.total ?? 0,
        reasoning_tokens: usage.reasoning ?? 0,
      })
    } catch {
      return 0
    }
  }
}

const routeNameOf = ({ route }: Exchange) => route?.name.replace(/\/rule\/\d+$/, '')

const metadata: Readonly<Record<string, Operator>> = {
  backend_name: nameBackendRef,
  ai_service_backend_name: ({ attempts }) => attempts.at(-1)?.backend.name,
  model_name_override: ({ attempts }) => attempts.at(-1)?.target.model,
  route_name: routeNameOf,
  response_model: ({ responseModel }) => responseModel,
  token_latency_ttft: (exchange) => readPace(exchange).ttft,
  token_latency_itl: (exchange) => readPace(exchange).itl,
}

/** Types of costs, and the keys that are there whatever is configured. */
const tokenFields: Readonly<Record<string, keyof Usage>> = {
  InputToken: 'input',
  OutputToken: 'output',
  TotalToken: 'total',
  CachedInputToken: 'cachedInput',
  CacheCreationInputToken: 'cacheCreationInput',
  ReasoningToken: 'reasoning',
  llm_input_token: 'input',
  llm_output_token: 'output',
  llm_total_token: 'total',
  llm_cached_input_token: 'cachedInput',
  llm_cache_creation_input_token: 'cacheCreationInput',
  llm_reasoning_token: 'reasoning',
}

/** Names that are the same for each request to a backend. */
const refNames = new WeakMap<Backend, string>()

/** A backend as one place of one rule: `default/openai/route/aigw-run/rule/0/ref/0`. */
function nameBackendRef({ attempts, route }: Exchange): string | undefined {
  const backend = attempts.at(-1)?.backend
  if (backend === undefined || route === undefined) return undefined
  let name = refNames.get(backend)
  if (name === undefined) {
    const withoutNamespace = route.name.slice(route.name.indexOf('/') + 1)
    name = `${backend.name}/route/${withoutNamespace}/ref/${route.backends.indexOf(backend)}`
    refNames.set(backend, name)
  }
  return name
}

/** As many as a configuration has endpoints, and those of a few reloads. */
const maxHosts = 1000
const hosts = new Map<string, string>()

function hostOf(origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined
  let host = hosts.get(origin)
  if (host === undefined) {
    const { hostname, port, protocol } = new URL(origin)
    host = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
    if (hosts.size < maxHosts) hosts.set(origin, host)
  }
  return host
}

const addressOf = (address: string | undefined) => address && withoutPort(address)

// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#config-access-log-format-response-flags
const flags: Partial<Readonly<Record<ErrorKind, string>>> = {
  'no-route': 'NR',
  'unknown-host': 'NR',
  'unsupported-path': 'NR',
  'no-model': 'NR',
  'no-backend': 'UH',
  'no-healthy-backend': 'UH',
  overloaded: 'UO',
  fault: 'FI',
  'upstream-unreachable': 'UF',
  'upstream-reset': 'UC',
  'upstream-timeout': 'UT',
  'upstream-idle': 'SI',
  'upstream-protocol': 'UPE',
  'request-timeout': 'SI',
  'rate-limited': 'RL',
}

function describeFlags({ outcome, error, attempts }: Exchange): string | undefined {
  if (outcome === 'client-gone') return 'DC'
  if (error === undefined || attempts.at(-1)?.status !== undefined) return undefined
  return flags[error.kind]
}

const details: Partial<Readonly<Record<ErrorKind, string>>> = {
  'no-route': 'route_not_found',
  'unknown-host': 'route_not_found',
  'unsupported-path': 'route_not_found',
  'no-backend': 'no_healthy_upstream',
  'no-healthy-backend': 'no_healthy_upstream',
  overloaded: 'upstream_reset_before_response_started{overflow}',
  fault: 'fault_filter_abort',
  'too-large': 'request_payload_too_large',
  'upstream-unreachable': 'upstream_reset_before_response_started{connection_failure}',
  'upstream-reset': 'upstream_reset_before_response_started{connection_termination}',
  'upstream-timeout': 'response_timeout',
  'upstream-idle': 'stream_idle_timeout',
  'upstream-protocol': 'upstream_reset_before_response_started{protocol_error}',
  'request-timeout': 'request_overall_timeout',
  'rate-limited': 'request_rate_limited',
}

function describeCode({ outcome, error, attempts }: Exchange): string | undefined {
  if (outcome === 'client-gone') return 'downstream_remote_disconnect'
  if (attempts.at(-1)?.status !== undefined) return 'via_upstream'
  return error === undefined ? undefined : (details[error.kind] ?? 'direct_response')
}
