// One port on several addresses: what a single `listen` of Node cannot do.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isAbsentAddress } from './listening.ts'

/**
 * Binds `createServer()` once for each host and returns the servers and their port; 0 is any free one, the same on
 * all. An address that the machine does not have is left out while another one remains. Rejects with the Node
 * error, all closed.
 */
export async function listenOnHosts(
  createServer: () => Server,
  { port, hosts }: { readonly port: number; readonly hosts: readonly string[] },
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  const servers: Server[] = []
  let bound = port
  let absent: unknown
  for (const host of hosts) {
    const server = createServer()
    try {
      bound = await listen(server, bound, host, hosts.length > 1)
      servers.push(server)
    } catch (error) {
      if (hosts.length > 1 && isAbsentAddress(error)) {
        absent = error
        continue
      }
      for (const other of servers) other.close()
      throw error
    }
  }
  if (servers.length === 0) throw absent
  return { servers, port: bound }
}

function listen(server: Server, port: number, host: string, ipv6Only: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Beside 0.0.0.0 on the same port, `::` must keep to its own family.
    // Thousands of clients may come at once: Node's default of 511 would turn some away.
    server.listen({ port, host, ipv6Only, backlog: 1024 }, () => {
      server.off('error', reject)
      // A TCP server that listens has an AddressInfo.
      resolve((server.address() as AddressInfo).port)
    })
  })
}
