// Connections to providers over reloads: what is still asked for keeps its own, the rest is let go of.
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createNodeFetch, type NodeFetch } from '../../runtime-node/fetch.ts'
import type { Transport } from '../../src/index.ts'

let provider: Server
let accepted = 0
/** Answers that have begun and wait for their end. */
let held: ServerResponse[] = []
let outgoing: NodeFetch
beforeEach(async () => {
  accepted = 0
  held = []
  provider = createServer((request, answer) => {
    request.resume()
    if (request.url !== '/held') return answer.end('{}')
    answer.write('begun')
    held.push(answer)
  })
  provider.on('connection', () => accepted++)
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  outgoing = createNodeFetch()
})
afterEach(async () => {
  for (const answer of held) answer.end()
  await outgoing.close()
  provider.close()
})

/** What an edit of a time limit makes of a backend. */
const transport = (connectTimeoutMs: number) => ({ connectTimeoutMs })

function ask(path: string, to: Transport) {
  const { port } = provider.address() as AddressInfo // It listens on a port.
  const url = `http://127.0.0.1:${port}${path}`
  const headers = { 'content-type': 'application/json' }
  const body = new TextEncoder().encode('{}')
  const { signal } = new AbortController()
  return outgoing.fetch(url, {
    method: 'POST',
    headers,
    body,
    signal,
    redirect: 'manual',
    transport: to,
  })
}

async function askWhole(to: Transport): Promise<string> {
  return new TextDecoder().decode(await (await ask('/', to)).arrayBuffer())
}

it('keeps the connection of what a reload leaves as it is', async () => {
  for (let reload = 0; reload < 20; reload++) {
    expect(await askWhole(transport(1000))).toBe('{}')
    outgoing.retire()
  }
  // A request right behind another may find its connection not free yet.
  expect(accepted).toBeLessThanOrEqual(2)
})

it('holds no more connections after two hundred edits than after two', async () => {
  for (let edit = 1; edit <= 200; edit++) {
    await askWhole(transport(edit * 100))
    outgoing.retire()
  }
  expect(accepted).toBe(200)
  // Closing takes a moment.
  await vi.waitFor(() => expect(outgoing.connections().idle).toBeLessThanOrEqual(2), 10_000)
})

it('lets an answer end whose configuration has gone', async () => {
  const answer = await ask('/held', transport(1))
  outgoing.retire()
  outgoing.retire()
  expect(outgoing.connections().active).toBe(1)
  held[0]?.end(' and ended')
  expect(new TextDecoder().decode(await answer.arrayBuffer())).toBe('begun and ended')
})

it('serves a late request of a configuration that has gone', async () => {
  const old = transport(1)
  await askWhole(old)
  outgoing.retire()
  outgoing.retire()
  expect(await askWhole(old)).toBe('{}')
  expect(accepted).toBe(2)
})

it.each([
  [1, 6],
  [2, 3],
  [3, 2],
])('uses a connection for %i requests at most where it may not more', async (most, least) => {
  const to = { connectTimeoutMs: 1000, maxRequestsPerConnection: most }
  for (let request = 0; request < 6; request++) expect(await askWhole(to)).toBe('{}')
  expect(accepted).toBeGreaterThanOrEqual(least)
})
