// A gateway to all simulated providers, as clients of the OpenAI API are given it.
import type { UpstreamRequest } from '../../src/ports.ts'
import { instant } from '../unit/simulate/support.ts'
import { type TestGateway, testGateway } from './ask.ts'
import { specOfProviders } from './simulated-providers.ts'

export interface ClientGateway extends TestGateway {
  readonly baseURL: string
  /** What providers were asked, tokens for their doors left out. */
  readonly asked: { readonly url: string; readonly init: UpstreamRequest }[]
  /** For a client's option `fetch`. */
  readonly send: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** The same, with trouble asked for (src/simulate/trouble.ts). */
  readonly sendWith: (trouble: string) => ClientGateway['send']
}

export function clientGateway(): ClientGateway {
  const asked: ClientGateway['asked'] = []
  let ids = 0
  const gateway = testGateway({
    config: specOfProviders(),
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    fetch: (url, init) => {
      if (!url.endsWith('/token')) asked.push({ url, init })
      return instant(url, init)
    },
  })
  const exchange = async (request: Request) => {
    const response = await gateway.fetch(request)
    // As every fetch does: whoever has left gets no answer.
    request.signal.throwIfAborted()
    return response
  }
  return {
    ...gateway,
    baseURL: 'http://localhost:1975/v1',
    asked,
    send: (input, init) => exchange(new Request(input, init)),
    sendWith: (trouble) => (input, init) => {
      const request = new Request(input, init)
      request.headers.set('x-simulate', trouble)
      return exchange(request)
    },
  }
}
