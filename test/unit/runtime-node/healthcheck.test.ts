import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { startAdmin } from '../../../runtime-node/admin.ts'
import { checkHealth } from '../../../runtime-node/healthcheck.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function admin() {
  const server = await startAdmin({ port: 0, hosts: ['127.0.0.1'] })
  ends.push(server.close)
  return server
}

it('finds a gateway that is up', async () => {
  const { port } = await admin()
  expect(await checkHealth({ adminHosts: ['127.0.0.1', '::1'], adminPort: port })).toBeUndefined()
})

it('looks on loopback for a gateway that listens everywhere', async () => {
  const { port } = await admin()
  expect(await checkHealth({ adminHosts: ['0.0.0.0'], adminPort: port })).toBeUndefined()
})

it('says what a gateway answers that is not well', async () => {
  const { port, startDraining } = await admin()
  startDraining()
  const problem = await checkHealth({ adminHosts: ['127.0.0.1'], adminPort: port })
  expect(problem).toBe('status 503: draining')
})

it('says that nothing is there', async () => {
  const { port, close } = await startAdmin({ port: 0, hosts: ['127.0.0.1'] })
  await close()
  const problem = await checkHealth({ adminHosts: ['127.0.0.1'], adminPort: port })
  expect(problem).toBe(`nothing listens on 127.0.0.1:${port}`)
})

it('does not wait longer than a second', async () => {
  const silent: Server = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const { port } = silent.address() as AddressInfo
  const problem = await checkHealth({ adminHosts: ['127.0.0.1'], adminPort: port })
  expect(problem).toBe('no answer within 1000 ms')
})
