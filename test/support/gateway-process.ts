// Starts the gateway in a process of its own and asks it for figures.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { GatewaySpec } from '../../src/config/config.ts'
import type { Memory, Question, Tally } from './gateway-child.ts'
import { openRawClient, type RawClient } from './raw-client.ts'

export interface GatewayProcess {
  readonly port: number
  /** Figures since the last call, and after a collection. */
  memory(): Promise<Memory>
  tally(): Promise<Tally>
  connect(): Promise<RawClient>
  close(): Promise<void>
}

/** Node 20 reads no TypeScript, so the gateway is bundled first. */
export async function startGatewayProcess(config: GatewaySpec): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-faults-'))
  const outfile = join(folder, 'gateway.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./gateway-child.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    // CommonJS packages ask for Node's own modules with `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
  })
  const child = fork(outfile, { execArgv: ['--expose-gc'] })
  const ask = async <T>(question: Question): Promise<T> => {
    child.send(question)
    const [answer] = await once(child, 'message')
    return answer
  }
  const port = await ask<number>({ ask: 'start', config })
  return {
    port,
    memory: () => ask({ ask: 'memory' }),
    tally: () => ask({ ask: 'tally' }),
    connect: () => openRawClient(port),
    async close() {
      child.kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}

export const inMiB = (bytes: number) => Number((bytes / 1024 / 1024).toFixed(1))
