// The configuration as a text module of one's own, as README and wrangler.example.toml say it: one file for Bun and
// Deno, one for Workers.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createConfig } from './config.mjs'
import { dist, startModule } from './processes.mjs'
import { bundleWorker, readExampleConfig, startWorker, workerOfText } from './worker.mjs'

const moduleOfText = (entry) => `import { createEntry } from ${JSON.stringify(entry)}
import config from './config.yaml' with { type: 'text' }

export default createEntry({ config })
`

async function assertModels(url, expected) {
  const { data } = await (await fetch(`${url}/v1/models`)).json()
  assert.deepEqual(
    data.map(({ id }) => id),
    expected,
  )
}

const models = ['m-main', 'm-fallback', 'm-bedrock', 'm-vertex', 'm-dead', 'm-hasty']

/** What a runtime cannot do, asked for. */
const beyond = [
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'Backend',
    metadata: { name: 'socket', namespace: 'default' },
    spec: { endpoints: [{ unix: { path: '/run/provider.sock' } }] },
  },
  {
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIServiceBackend',
    metadata: { name: 'socket', namespace: 'default' },
    spec: {
      schema: { name: 'OpenAI' },
      backendRef: { name: 'socket', kind: 'Backend', group: 'gateway.envoyproxy.io' },
    },
  },
]

/** That it is said when it is loaded, with its place, and that all else is served. */
async function assertWarned({ url, stop }, config) {
  await assertModels(url, models)
  const { output } = await stop()
  const line = config.split('\n').findIndex((text) => text.includes('"unix"')) + 1
  assert.match(
    output,
    new RegExp(`AIGW_CONFIG:${line}:\\d+: warning: .*reaches no Unix sockets; requests to Backend`),
  )
}

/** The world of a case: `{ name, scene }`. */
export const moduleCases = {
  async 'the configuration may be a text module'({ name, scene }) {
    const module = join(scene.directory, 'module.mjs')
    writeFileSync(module, moduleOfText(pathToFileURL(join(dist, 'entry.js')).href))
    const started = await startModule(name, module, scene.env)
    await assertModels(started.url, models)
    await started.stop()
  },

  async 'what the runtime cannot do is said with its place'({ name, scene }) {
    const config = createConfig({ listener: 1975, provider: 9, dead: 9, more: beyond })
    const env = { ...scene.env, AIGW_CONFIG: config }
    await assertWarned(await startModule(name, join(dist, 'entry.js'), env), config)
  },
}

export const workerCases = {
  async 'what the runtime cannot do is said with its place'({ scene }) {
    const config = createConfig({ listener: 1975, provider: 9, dead: 9, more: beyond })
    const module = await bundleWorker(join(scene.directory, 'beyond'))
    await assertWarned(await startWorker(module, { AIGW_CONFIG: config }), config)
  },

  async 'the configuration may be a text module'({ scene }) {
    const module = await bundleWorker(join(scene.directory, 'text'), workerOfText(scene))
    const started = await startWorker(module, {})
    await assertModels(started.url, models)
    await started.stop()
  },

  async 'the example serves as it stands, and says which key it lacks'({ scene }) {
    const module = await bundleWorker(join(scene.directory, 'example'))
    const started = await startWorker(module, { AIGW_CONFIG: readExampleConfig() })
    await assertModels(started.url, ['gpt-4o-mini'])
    const answer = await fetch(`${started.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    assert.equal(answer.status, 401)
    assert.match((await answer.json()).error.message, /set OPENAI_API_KEY/)
    await started.stop()
  },
}
