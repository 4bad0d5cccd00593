// A request of node:http told to the core without making web objects of it: its headers as Node has parsed
// them, and whether its client is still there.
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { createCancellation, type HeaderReader, type RequestRuntime } from '../src/index.ts'

type Bindings = HttpBindings | Http2Bindings

export function describeRequest(
  incoming: Bindings['incoming'],
  outgoing: Bindings['outgoing'],
): RequestRuntime {
  const client = createCancellation()
  const onClose = () => {
    if (!outgoing.writableFinished) client.cancel(new Error('the client has gone'))
  }
  outgoing.on('close', onClose)
  return { headers: readHeaders(incoming.headers), client }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined

function readHeaders(headers: Bindings['incoming']['headers']): HeaderReader {
  return {
    // Through textOf, what an object inherits is no header.
    get: (name) => textOf(headers[name]) ?? null,
    forEach(visit) {
      for (const name in headers) {
        const value = textOf(headers[name])
        if (value !== undefined) visit(value, name)
      }
    },
  }
}
