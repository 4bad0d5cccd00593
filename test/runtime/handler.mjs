// The handler called directly, inside the runtime that this file is started with: no socket, the runtime's own
// fetch replaced by a script. Prints one line of JSON for each case.
import { createServer } from 'node:net'
import { createGateway, parseConfig } from '../../dist/index.js'
import { cases } from './_suite.mjs'
import { createConfig } from './config.mjs'
import { createProviderFetch } from './provider.mjs'
import { reloadCases } from './reload.mjs'
import { runCases } from './report.mjs'

/** A port that was free a moment ago: nobody answers there. */
const dead = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

function load(options) {
  const text = createConfig({ listener: 1975, provider: 8080, dead, ...options })
  const { spec, diagnostics } = parseConfig({ file: 'config.yaml', text, env: {} })
  if (spec === undefined) throw new Error(JSON.stringify(diagnostics, null, 2))
  return spec
}

const provider = createProviderFetch()
const runtimeFetch = globalThis.fetch
globalThis.fetch = (url, init) =>
  new URL(url).port === String(dead) ? runtimeFetch(url, init) : provider.fetch(url, init)
const gateway = createGateway({ config: load({}) })

// As a server would: on Node, an abort does not reach a Request that has been collected.
const held = []

const world = {
  script: provider.script,
  reload: (options) => gateway.reload(load(options)),
  async ask(path, init) {
    const request = new Request(`http://localhost:1975${path}`, init)
    held.push(request)
    return gateway.fetch(request)
  },
}
await runCases({ ...cases, ...reloadCases }, world, (result) => console.log(JSON.stringify(result)))
process.exit(0)
