// The configuration as a text module of one's own, as README and wrangler.example.toml say it: one file for Bun and
// Deno, one for Workers.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
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

const models = ['m-main', 'm-fallback', 'm-bedrock', 'm-dead', 'm-hasty']

/** The world of a case: `{ name, scene }`. */
export const moduleCases = {
  async 'the configuration may be a text module'({ name, scene }) {
    const module = join(scene.directory, 'module.mjs')
    writeFileSync(module, moduleOfText(pathToFileURL(join(dist, 'entry.js')).href))
    const started = await startModule(name, module, scene.env)
    await assertModels(started.url, models)
    await started.stop()
  },
}

export const workerCases = {
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
