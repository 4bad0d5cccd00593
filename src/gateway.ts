// createGateway: a configuration and ports in, a fetch handler out.
import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { answerLocally, type LocalAnswer, refusal } from './answer-locally.ts'
import { createSnapshotCompiler } from './compile-snapshot.ts'
import type { GatewaySpec } from './config/config.ts'
import type { Dialect, Endpoint } from './endpoints/endpoint.ts'
import { endpoints } from './endpoints/index.ts'
import {
  type Detail,
  describeAnthropicModel,
  describeOpenaiModel,
  listAnthropicModels,
  listOpenaiModels,
} from './endpoints/models.ts'
import { createErrorResponse } from './error-response.ts'
import { GatewayError } from './errors.ts'
import type { RequestRuntime } from './exchange.ts'
import {
  dialectFor,
  type ErrorForm,
  handle,
  requireHost,
  type Snapshot,
  toGatewayError,
  unknownHost,
} from './handle.ts'
import { defaultMaxFrameBytes, defaultMaxRequestBytes } from './limits.ts'
import { maskQuery } from './mask-query.ts'
import { combineObservers, type Observer } from './observe/observer.ts'
import { platformFetch } from './platform-fetch.ts'
import type { Ports } from './ports.ts'
import type { Backend } from './routing/route.ts'
import { schedule } from './schedule.ts'
import { translators } from './translate/index.ts'
import type { Translator } from './translate/translator.ts'
import { nameWithUnderscore, refuseUnderscore, withoutUnderscores } from './underscores.ts'
import { authorityOf, pathOf } from './url-parts.ts'

export interface GatewayOptions extends Partial<Ports> {
  readonly config: GatewaySpec
  /** Paths before each dialect's own; `/`, `/anthropic` and `/cohere` where unset. */
  readonly prefixes?: Partial<Readonly<Record<Dialect, string>>>
  /** Bytes of a request body; what the configuration says where unset. */
  readonly maxRequestBytes?: number
  /** Bytes of one event of a stream; 16 MiB where unset. */
  readonly maxFrameBytes?: number
  /** In the client's dialect where unset. */
  readonly errorForm?: ErrorForm
  readonly observers?: readonly Observer[]
}

export interface Gateway {
  /** Answers every request; never rejects. */
  fetch(request: Request, env?: unknown, runtime?: RequestRuntime): Response | Promise<Response>
  /** `fetch` with the routes of the listener on this port alone. */
  forPort(port: number): Gateway['fetch']
  /** Compiles first, then swaps: a configuration that throws changes nothing. */
  reload(config: GatewaySpec): void
}

interface Bindings {
  readonly runtime: RequestRuntime | undefined
  readonly port: number | undefined
}

type Serve = (request: Request, env: Bindings) => Response | Promise<Response>

const defaultPrefixes: Readonly<Record<Dialect, string>> = {
  openai: '/',
  anthropic: '/anthropic',
  cohere: '/cohere',
}

function withDefaults(options: GatewayOptions): Ports {
  return {
    fetch: options.fetch ?? platformFetch,
    now: options.now ?? Date.now,
    // A test's clock is the one that it moves.
    ticks: options.ticks ?? options.now ?? (() => performance.now()),
    random: options.random ?? Math.random,
    uuid: options.uuid ?? (() => crypto.randomUUID()),
    schedule: options.schedule ?? schedule,
    log: options.log ?? (() => {}),
    digests: options.digests,
    awsDefaultChain: options.awsDefaultChain ?? (async () => undefined),
    gcpDefaultCredentials: options.gcpDefaultCredentials ?? (async () => undefined),
  }
}

export function createGateway(options: GatewayOptions): Gateway {
  const ports = withDefaults(options)
  const observer = combineObservers(options.observers ?? [], ports)
  const watched = { ports, observer }
  const { errorForm = 'dialect' } = options
  const prefixes = { ...defaultPrefixes, ...options.prefixes }
  const compile = createSnapshotCompiler(ports, {
    maxRequestBytes: options.maxRequestBytes,
    defaultMaxRequestBytes,
    maxFrameBytes: options.maxFrameBytes ?? defaultMaxFrameBytes,
    errorForm,
  })
  let snapshots = compile(options.config)

  const app = new Hono<{ Bindings: Bindings }>({ strict: true, getPath: getMergedPath })
  const answerBug = (error: unknown) => createErrorResponse(toGatewayError(error, ports), 'openai')
  // Most requests are found here: a router that knows parameters takes several microseconds more.
  const posts = new Map<string, Serve>()
  const route: Serve = (request, env) => {
    const { runtime } = env
    if (runtime?.hasUnderscores === false) return serveRequest(request, env)
    const { underscores } = snapshots.of(env.port)
    if (underscores === 'Allow') return serveRequest(request, env)
    const headers = runtime?.headers ?? request.headers
    const name = nameWithUnderscore(headers)
    if (name === undefined) return serveRequest(request, env)
    if (underscores === 'DropHeader') {
      const kept = { ...runtime, headers: withoutUnderscores(headers) }
      return serveRequest(request, { runtime: kept, port: env.port })
    }
    const error = refuseUnderscore(name)
    const spoken = dialectOfPath(getMergedPath(request), prefixes)
    const dialect = dialectFor(spoken, error, headers, errorForm)
    return answerLocally(request, runtime, watched, refusal(error, dialect))
  }
  const serveRequest: Serve = (request, env) => {
    const serve = request.method === 'POST' ? posts.get(pathOf(request.url)) : undefined
    return serve === undefined ? app.fetch(request, env) : serve(request, env)
  }
  for (const { path, dialect, byMethod } of groupByPath(prefixes)) {
    const allowed = [...byMethod.keys()].join(', ')
    const serve: Serve = (request, env) => {
      const endpoint = byMethod.get(request.method)
      if (endpoint === undefined) {
        return answerLocally(request, env.runtime, watched, refuseMethod(request, dialect, allowed))
      }
      const snapshot = snapshots.of(env.port)
      const input = { snapshot, ports, observer, translatorFor }
      return handle(endpoint, request, input, env.runtime).catch(answerBug)
    }
    if (!path.includes(':')) posts.set(path, serve)
    // One handler for each path, whatever the method: Hono calls a lone one without composing.
    app.all(path, ({ req, env }) => serve(req.raw, env))
  }
  const answerModels = (
    path: string,
    dialect: Dialect,
    answer: (
      models: ReturnType<Snapshot['table']['models']>,
      query: URLSearchParams,
      detail: Detail,
      id: string,
    ) => unknown,
  ) => {
    const serve = (request: Request, id: string, { table }: Snapshot): LocalAnswer => {
      try {
        const host = authorityOf(request.url)
        requireHost(table, host)
        const query = new URL(request.url).searchParams
        const detail = query.get('verbose') === '1' ? 'verbose' : 'plain'
        return json(answer(table.models(host), query, detail, id))
      } catch (error) {
        const known = toGatewayError(error, ports)
        return refusal(known, dialectFor(dialect, known, request.headers, errorForm))
      }
    }
    app.all(joinPath(prefixes[dialect], path), ({ req, env }) => {
      const { raw } = req
      const reads = raw.method === 'GET' || raw.method === 'HEAD'
      const answered = reads
        ? serve(raw, req.param('id') ?? '', snapshots.of(env.port))
        : refuseMethod(raw, dialect, 'GET, HEAD')
      return answerLocally(raw, env.runtime, watched, answered)
    })
  }
  answerModels('/v1/models', 'openai', (models, _, detail) => listOpenaiModels(models, detail))
  // Model names may hold slashes.
  answerModels('/v1/models/:id{.+}', 'openai', (models, _, detail, id) =>
    describeOpenaiModel(models, id, detail),
  )
  answerModels('/v1/models', 'anthropic', (models, query, detail) => {
    const page = {
      limit: query.get('limit'),
      afterId: query.get('after_id'),
      beforeId: query.get('before_id'),
    }
    return listAnthropicModels(models, page, detail)
  })
  answerModels('/v1/models/:id{.+}', 'anthropic', (models, _, detail, id) =>
    describeAnthropicModel(models, id, detail),
  )
  app.notFound((context) => {
    const { raw, path } = context.req
    const { runtime, port } = context.env
    const error = notServed(raw, snapshots.of(port))
    const dialect = dialectFor(dialectOfPath(path, prefixes), error, raw.headers, errorForm)
    const answer = refusal(error, dialect)
    return answerLocally(raw, runtime, watched, answer)
  })
  app.onError(answerBug)
  return {
    fetch: (request, _env, runtime) => route(request, { runtime, port: undefined }),
    forPort: (port) => (request, _env, runtime) => route(request, { runtime, port }),
    reload(config) {
      snapshots = compile(config)
    },
  }
}

/** A base URL that ends in a slash, and a path that begins with one. */
const getMergedPath = (request: Request) => getPath(request).replace(/\/{2,}/g, '/')

interface EndpointPath {
  readonly path: string
  readonly dialect: Dialect
  readonly byMethod: Map<string, Endpoint>
}

function groupByPath(prefixes: Readonly<Record<Dialect, string>>): Iterable<EndpointPath> {
  const groups = new Map<string, EndpointPath>()
  for (const endpoint of endpoints) {
    const { dialect, method = 'POST' } = endpoint
    const path = joinPath(prefixes[dialect], endpoint.path)
    const group = groups.get(path) ?? { path, dialect, byMethod: new Map() }
    groups.set(path, group)
    // The cast: an endpoint is only ever handed the requests that it has parsed itself.
    group.byMethod.set(method, endpoint as Endpoint)
  }
  return groups.values()
}

function translatorFor(endpoint: Endpoint, backend: Backend): Translator | undefined {
  // The cast: endpoints come from the same registry that the table is keyed by.
  const row = translators[endpoint.id as keyof typeof translators]
  const cells: Partial<Readonly<Record<string, Translator>>> = row as Partial<
    Readonly<Record<string, Translator>>
  >
  return cells[backend.schema.name]
}

const joinPath = (prefix: string, path: string) => `${prefix.replace(/\/+$/, '')}${path}`

const json = (value: unknown): LocalAnswer => ({
  status: 200,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
})

function notServed(request: Request, { table }: Snapshot): GatewayError {
  const host = authorityOf(request.url)
  if (!table.serves(host)) return unknownHost(host)
  return new GatewayError('unsupported-path', `unsupported path: ${maskQuery(pathOf(request.url))}`)
}

/** Programs that speak an API read JSON only; on other paths the sentence stands alone. */
function dialectOfPath(
  path: string,
  prefixes: Readonly<Record<Dialect, string>>,
): Dialect | undefined {
  const dialects: readonly Dialect[] = ['anthropic', 'cohere', 'openai']
  return dialects.find((dialect) => path.startsWith(joinPath(prefixes[dialect], '/v')))
}

function refuseMethod(request: Request, dialect: Dialect, allow: string): LocalAnswer {
  const options = { headers: { allow } }
  const error =
    request.headers.get('upgrade')?.toLowerCase() === 'websocket'
      ? // Clients that try a socket first go on with HTTP at this status.
        new GatewayError('method-not-allowed', `no WebSocket is served here: use ${allow}`, {
          ...options,
          status: 426,
        })
      : new GatewayError(
          'method-not-allowed',
          `method ${request.method} is not allowed here: use ${allow}`,
          options,
        )
  return refusal(error, dialect)
}
