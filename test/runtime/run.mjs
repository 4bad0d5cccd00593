// The suite on every runtime: the handler called directly, the built command, and the module that runtimes serve by
// themselves. `node run.mjs deno workerd` runs it on some.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cases as suite } from './_suite.mjs'
import { cases as commandCases, createScene } from './command.mjs'
import { dist, here, run, startGateway, startModule } from './processes.mjs'
import { runtimes } from './programs.mjs'
import { reloadCases } from './reload.mjs'
import { runCases } from './report.mjs'
import { moduleCases, workerCases } from './text-module.mjs'
import { bundleWorker, startWorker } from './worker.mjs'

if (!existsSync(join(dist, 'aigw.js'))) {
  console.error('dist/aigw.js is not there: run npm ci in the root of the repository first')
  process.exit(1)
}

const count = { ok: 0, FAILED: 0, skipped: 0 }

/** `tell` gathers what came of the cases; `print` shows them below their heading. */
function createListing(heading) {
  const lines = [`\n${heading}`]
  return {
    tell({ name, error, skipped }) {
      const outcome = error !== undefined ? 'FAILED' : skipped !== undefined ? 'skipped' : 'ok'
      count[outcome] += 1
      lines.push(`  ${outcome.padEnd(7)} ${name}`)
      const more = error ?? skipped
      if (more !== undefined) lines.push(more.replace(/^/gm, '          '))
    },
    print: () => console.log(lines.join('\n')),
  }
}

async function runHandler(name, tell) {
  let told = 0
  const args = name === 'deno' ? ['run', '--allow-all'] : []
  const { ended } = run(runtimes[name], [...args, join(here, 'handler.mjs')], {
    onLine(line) {
      if (!line.startsWith('{"name"')) return console.log(line)
      told += 1
      tell(JSON.parse(line))
    },
  })
  const { code, output } = await ended
  const expected = Object.keys({ ...suite, ...reloadCases }).length
  if (code === 0 && told === expected) return
  tell({ name: `all ${expected} cases run`, error: `${told} ran, exit code ${code}\n${output}` })
}

/** `start(scene)` gives what serves. */
async function runServed(start, tell, { skipped = {}, more = async () => {} } = {}) {
  const scene = await createScene()
  try {
    const served = await start(scene)
    const ask = (path, init) => fetch(served.url + path, init)
    await runCases(suite, { ask, script: scene.provider.script }, tell, skipped)
    await served.stop()
    await more(scene)
  } catch (error) {
    tell({ name: 'it starts', error: String(error) })
  } finally {
    await scene.close()
  }
}

function runCommand(name, tell) {
  const program = runtimes[name]
  return runServed(({ file, env }) => startGateway(program, [file], { env }), tell, {
    more: (scene) => runCases(commandCases, { program, scene }, tell),
  })
}

const runEntry = (name, tell) =>
  runServed(
    ({ config, env }) => startModule(name, join(dist, 'entry.js'), { ...env, AIGW_CONFIG: config }),
    tell,
    { more: (scene) => runCases(moduleCases, { name, scene }, tell) },
  )

/**
 * Cloudflare's network tells a Worker at once when its client goes. workerd by itself finds out when it next writes to
 * that client, with or without `enable_request_signal` (https://github.com/cloudflare/workerd/pull/5062): the case of a
 * stream that goes on is all that can be tried here.
 */
const unseen = 'workerd run locally notices a client who has gone only when it writes to it'
const notOnWorkerd = {
  'a client who leaves before the answer cancels the provider': unseen,
  'a client who leaves in the middle of a stream cancels the provider': unseen,
  'a reader who cancels the body cancels the provider': unseen,
}

const runWorker = (_, tell) =>
  runServed(
    async ({ config, directory }) =>
      startWorker(await bundleWorker(join(directory, 'worker')), { AIGW_CONFIG: config }),
    tell,
    { skipped: notOnWorkerd, more: (scene) => runCases(workerCases, { scene }, tell) },
  )

const handler = ['the handler, called directly', runHandler]
const command = ['the command', runCommand]
const entry = ['the entry module', runEntry]
const worker = ['the entry module, as wrangler bundles it', runWorker]

const plan = {
  node: [handler, command],
  bun: [handler, command, entry],
  deno: [handler, entry],
  workerd: [worker],
}

async function runRuntime(name) {
  const { output } = await run(runtimes[name], ['--version']).ended
  const [version] = output.replace(name, '').trim().split('\n')
  for (const [what, runPart] of plan[name]) {
    const { tell, print } = createListing(`${name} ${version}: ${what}`)
    await runPart(name, tell)
    print()
  }
}

const chosen = process.argv.slice(2)
const names = Object.keys(plan).filter((name) => chosen.length === 0 || chosen.includes(name))
// Side by side: most of the time is waiting.
await Promise.all(names.map(runRuntime))

console.log(`\n${count.ok} passed, ${count.FAILED} failed, ${count.skipped} skipped`)
process.exit(count.FAILED === 0 ? 0 : 1)
