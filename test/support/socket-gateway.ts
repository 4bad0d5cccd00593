// The gateway with its real listener and its real outgoing side, in the test's own process.
import { createNodeFetch } from '../../runtime-node/fetch.ts'
import { serve } from '../../runtime-node/serve.ts'
import type { BackendSpec, ClientPolicySpec, RuleSpec } from '../../src/config/config.ts'
import { createGateway, type Exchange, type GatewayOptions } from '../../src/index.ts'
import { backend, gatewaySpec, ref, retryOn, rule } from './gateway-spec.ts'
import { openRawClient, postOf, type RawAnswer, type RawClient } from './raw-client.ts'
import { judgeChatStream } from './watched-chat.ts'

export interface SocketGateway {
  readonly port: number
  /** Every exchange, once for each time that it ended. */
  readonly ended: Exchange[]
  readonly logged: string[]
  /** Resolves when `count` exchanges have ended. */
  settled(count: number): Promise<void>
  connect(): Promise<RawClient>
  /** One request on a connection of its own, and its answer. */
  ask(body: unknown, headers?: Record<string, string>): Promise<RawAnswer>
  close(): Promise<void>
}

export interface SocketGatewayOptions extends Partial<Omit<GatewayOptions, 'config'>> {
  /** In the order of their priorities. */
  readonly backends: readonly BackendSpec[]
  readonly rule?: Partial<RuleSpec>
  readonly client?: Partial<ClientPolicySpec>
}

/** A backend at a port of this machine. */
export const localBackend = (
  name: string,
  port: number,
  more: Partial<BackendSpec> = {},
): BackendSpec => backend(name, { endpoints: [{ kind: 'ip', host: '127.0.0.1', port }], ...more })

const everyFailure = ['connect-failure', 'reset', 'gateway-error', '5xx']

/** One try at each priority. */
export const fallback = (retries = 1): Partial<RuleSpec> => ({
  retry: retryOn(everyFailure, { numRetries: retries, numAttemptsPerPriority: 1 }),
})

export function socketSpec({ backends, rule: more = {}, client = {} }: SocketGatewayOptions) {
  const refs = backends.map(({ name }, priority) =>
    ref(name.replace(/^default\//, ''), { priority }),
  )
  const policy: ClientPolicySpec = { maxRequestBytes: 50 * 1024 * 1024, ...client }
  return gatewaySpec(backends, [rule([], refs, more)], {
    listeners: [{ name: 'http', port: 0, client: policy }],
  })
}

export async function startSocketGateway(options: SocketGatewayOptions): Promise<SocketGateway> {
  const { backends: _, rule: __, client: ___, observers = [], ...rest } = options
  const ended: Exchange[] = []
  const logged: string[] = []
  let wake = () => {}
  const outgoing = createNodeFetch()
  const config = socketSpec(options)
  const gateway = createGateway({
    fetch: outgoing.fetch,
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    ...rest,
    config,
    observers: [
      ...observers,
      {
        finish(exchange) {
          ended.push(exchange)
          wake()
        },
      },
    ],
  })
  const policy = config.listeners[0]?.client ?? { maxRequestBytes: 0 }
  const listening = await serve(gateway.fetch, { port: 0, hosts: ['127.0.0.1'], client: policy })
  const connect = () => openRawClient(listening.port)
  return {
    port: listening.port,
    ended,
    logged,
    settled: (count) =>
      new Promise((resolve) => {
        wake = () => {
          if (ended.length >= count) resolve()
        }
        wake()
      }),
    connect,
    async ask(body, headers = {}) {
      const client = await connect()
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      client.send(postOf(text, { headers: { connection: 'close', ...headers } }))
      const answer = await client.answer()
      client.leave()
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        judgeChatStream(answer.body.toString(), answer.whole ? 'closed' : 'left')
      }
      return answer
    },
    async close() {
      await listening.drain(0)
      await outgoing.close()
    },
  }
}
