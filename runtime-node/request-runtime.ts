// A request of node:http told to the core without making web objects of it: its headers as Node has parsed
// them, and whether its client is still there.
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { createCancellation, GatewayError, type RequestRuntime } from '../src/index.ts'
import { collectYoungGarbage } from './collect-garbage.ts'
import { readHeaderRecord } from './header-record.ts'
import type { RequestHead } from './request-head.ts'

type Bindings = HttpBindings | Http2Bindings

export function describeRequest(
  incoming: Bindings['incoming'],
  outgoing: Bindings['outgoing'],
  head: RequestHead,
): RequestRuntime {
  const client = createCancellation()
  const onClose = () => {
    if (!outgoing.writableFinished) client.cancel(new Error('the client has gone'))
  }
  outgoing.on('close', onClose)
  const { remoteAddress, localAddress } = addressesOf(incoming.socket)
  return {
    headers: readHeaderRecord(incoming.headers),
    hasUnderscores: head === 'underscores',
    client,
    readBody: (maxBytes) => readBody(incoming, maxBytes),
    remoteAddress,
    localAddress,
    protocol: `HTTP/${incoming.httpVersion}`,
  }
}

interface Addresses {
  readonly remoteAddress: string | undefined
  readonly localAddress: string | undefined
}

/** A connection keeps its ends, and has many requests. */
const known = new WeakMap<object, Addresses>()

function addressesOf(socket: Bindings['incoming']['socket']): Addresses {
  let addresses = known.get(socket)
  if (addresses === undefined) {
    const { remoteAddress, remotePort, localAddress, localPort } = socket
    addresses = {
      remoteAddress: writeAddress(remoteAddress, remotePort),
      localAddress: writeAddress(localAddress, localPort),
    }
    known.set(socket, addresses)
  }
  return addresses
}

function writeAddress(address: string | undefined, port: number | undefined): string | undefined {
  if (address === undefined) return undefined
  // An IPv4 client of a socket for both.
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port}`
}

/** The pieces of such a body are not left lying about beside it. */
const largeBytes = 1024 * 1024

/** Without a copy, where the body has come in one piece. */
function readBody(
  incoming: Bindings['incoming'],
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = []
    let length = 0
    const onData = (chunk: Buffer<ArrayBuffer>) => {
      chunks.push(chunk)
      length += chunk.length
      if (length <= maxBytes) return
      // What is left of it is drained by the listener, after the answer.
      incoming.off('data', onData)
      incoming.pause()
      reject(new GatewayError('too-large', 'Payload Too Large'))
    }
    // Settling twice is harmless, and `on` is cheaper than `once`.
    incoming.on('data', onData)
    incoming.on('end', () => {
      const [first] = chunks
      if (chunks.length === 1 && first) return resolve(first)
      const whole = Buffer.concat(chunks, length)
      if (length >= largeBytes) {
        chunks.length = 0
        collectYoungGarbage()
      }
      resolve(whole)
    })
    incoming.on('error', reject)
    incoming.on('close', () => {
      // Comes after every request; an error takes the stack's time to make.
      if (!incoming.readableEnded) reject(new Error('the connection has closed'))
    })
  })
}
