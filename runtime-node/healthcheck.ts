// `aigw healthcheck`: is the gateway of this machine up? For container health checks.
import { get } from 'node:http'
import { messageOf } from './exit-errors.ts'
import { isLoopback, isWildcard } from './hosts.ts'
import type { AdminSettings } from './settings.ts'

const timeoutMs = 1000

/** `undefined`: healthy; else why not. */
export async function checkHealth(settings: AdminSettings): Promise<string | undefined> {
  const [host] = settings.adminHosts
  const bound = host !== undefined && !isLoopback(host) && !isWildcard(host) ? host : '127.0.0.1'
  try {
    return await probe(bound, settings.adminPort)
  } catch (error) {
    return messageOf(error)
  }
}

// Not `fetch`: the first use of that costs more than the rest of the command.
function probe(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)))
    const request = get({ host, port, path: '/health', agent: false, signal }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8', 0, 200).trim()
        resolve(answer.statusCode === 200 ? undefined : `status ${answer.statusCode}: ${text}`)
      })
    })
    request.on('error', (error) => reject(describe(error, host, port)))
  })
}

function describe(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const refused = error.code === 'ECONNREFUSED'
  return refused ? new Error(`nothing listens on ${host}:${port}`) : error
}
