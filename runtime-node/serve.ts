// The listener for clients: the one of the runtime that we are on.
import type { Gateway } from '../src/index.ts'
import type { Listening, ServeOptions } from './listening.ts'
import { serveOnBun } from './serve-bun.ts'
import { serveOnNode } from './serve-node.ts'

/** Rejects with the runtime's error, whose `code` may be `EADDRINUSE`. */
export async function serve(fetch: Gateway['fetch'], options: ServeOptions): Promise<Listening> {
  const handler = withHealth(fetch, options.client.healthPath)
  return 'Bun' in globalThis ? serveOnBun(handler, options) : serveOnNode(handler, options)
}

function withHealth(fetch: Gateway['fetch'], healthPath: string | undefined): Gateway['fetch'] {
  if (healthPath === undefined) return fetch
  return (request, env, runtime) =>
    new URL(request.url).pathname === healthPath ? new Response(null) : fetch(request, env, runtime)
}
