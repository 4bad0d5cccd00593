import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { listenOnHosts } from '../../../runtime-node/listen.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

function create(): Server {
  const server = createServer()
  open.push(server)
  return server
}

const addressOf = (server: Server) => server.address() as AddressInfo

it('gives all hosts the same free port', async () => {
  const { servers, port } = await listenOnHosts(create, {
    port: 0,
    hosts: ['127.0.0.1', '127.0.0.2'],
  })
  expect(port).toBeGreaterThan(0)
  expect(servers.map((server) => addressOf(server).port)).toEqual([port, port])
  expect(servers.map((server) => addressOf(server).address)).toEqual(['127.0.0.1', '127.0.0.2'])
})

it('does without an address that the machine lacks', async () => {
  // 198.51.100.0/24 is kept for documentation: no machine has it.
  const { servers } = await listenOnHosts(create, {
    port: 0,
    hosts: ['127.0.0.1', '198.51.100.77'],
  })
  expect(servers.map((server) => addressOf(server).address)).toEqual(['127.0.0.1'])
})

it('fails where no address is left', async () => {
  const only = listenOnHosts(create, { port: 0, hosts: ['198.51.100.77'] })
  await expect(only).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  const none = listenOnHosts(create, { port: 0, hosts: ['198.51.100.77', '203.0.113.77'] })
  await expect(none).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
})

it('frees what it has bound when a later host fails', async () => {
  const { port } = await listenOnHosts(create, { port: 0, hosts: ['127.0.0.2'] })
  const both = listenOnHosts(create, { port, hosts: ['127.0.0.1', '127.0.0.2'] })
  await expect(both).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const again = await listenOnHosts(create, { port, hosts: ['127.0.0.1'] })
  expect(again.port).toBe(port)
})
