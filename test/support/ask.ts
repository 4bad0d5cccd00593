// Calls a gateway as a client would.

import type { Exchange } from '../../src/exchange.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { watchChat } from './watched-chat.ts'

export interface TestGateway {
  readonly fetch: (request: Request) => Promise<Response>
  readonly chat: (body: unknown, init?: ChatInit) => Promise<Response>
  readonly clock: FakeClock
  /** Every exchange as it ended, once for each time that it did. */
  readonly ended: Exchange[]
  readonly logged: string[]
  readonly reload: Gateway['reload']
}

export interface ChatInit {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly path?: string
}

export function testGateway(options: GatewayOptions): TestGateway {
  const clock = createFakeClock()
  const ended: Exchange[] = []
  const logged: string[] = []
  const gateway = createGateway({
    now: clock.now,
    schedule: clock.schedule,
    random: () => 0,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    ...options,
    observers: [...(options.observers ?? []), { finish: (exchange) => void ended.push(exchange) }],
  })
  const fetch = async (request: Request) => watchChat(request, await gateway.fetch(request))
  return {
    fetch,
    clock,
    ended,
    logged,
    reload: gateway.reload,
    chat: (body, { headers, signal, path = '/v1/chat/completions' } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return fetch(
        new Request(`http://localhost:1975${path}`, {
          method: 'POST',
          body: text,
          headers: {
            'content-type': 'application/json',
            'content-length': String(new TextEncoder().encode(text).length),
            ...headers,
          },
          ...(signal === undefined ? {} : { signal }),
        }),
      )
    },
  }
}

export const hello = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
export const helloStream = { ...hello, stream: true }

export const errorOf = async (response: Response): Promise<Record<string, unknown>> => {
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  return error
}
