// The suite on every runtime that is installed here: the handler called directly, then the built command.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cases as suite } from './_suite.mjs'
import { cases as commandCases, createScene } from './command.mjs'
import { dist, here, run, runtimes, startEntry, startGateway } from './processes.mjs'
import { runCases } from './report.mjs'

if (!existsSync(join(dist, 'aigw.js'))) {
  console.error('dist/aigw.js is not there: run npm ci in the root of the repository first')
  process.exit(1)
}

let passed = 0
let failed = 0

function teller(heading) {
  console.log(`\n${heading}`)
  return ({ name, error }) => {
    if (error === undefined) passed += 1
    else failed += 1
    console.log(`  ${error === undefined ? 'ok    ' : 'FAILED'} ${name}`)
    if (error !== undefined) console.log(error.replace(/^/gm, '         '))
  }
}

async function runHandler(program, tell) {
  let told = 0
  const { ended } = run(program, [join(here, 'handler.mjs')], {
    onLine(line) {
      if (!line.startsWith('{"name"')) return console.log(line)
      told += 1
      tell(JSON.parse(line))
    },
  })
  const { code, output } = await ended
  const expected = Object.keys(suite).length
  if (code === 0 && told === expected) return
  tell({ name: `all ${expected} cases run`, error: `${told} ran, exit code ${code}\n${output}` })
}

async function runCommand(program, tell) {
  const scene = await createScene()
  try {
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const ask = (path, init) => fetch(gateway.url + path, init)
    await runCases(suite, { ask, script: scene.provider.script }, tell)
    await gateway.stop()
    await runCases(commandCases, { program, scene }, tell)
  } catch (error) {
    tell({ name: 'the command starts', error: String(error) })
  } finally {
    await scene.close()
  }
}

/** Bun serves a module by itself, as Workers and Deno do. */
async function runEntry(program, tell) {
  const scene = await createScene()
  try {
    const entry = await startEntry(program, scene)
    const ask = (path, init) => fetch(entry.url + path, init)
    await runCases(suite, { ask, script: scene.provider.script }, tell)
    await entry.stop()
  } catch (error) {
    tell({ name: 'the entry starts', error: String(error) })
  } finally {
    await scene.close()
  }
}

for (const [name, program] of Object.entries(runtimes)) {
  const { output } = await run(program, ['--version']).ended
  const version = `${name} ${output.trim()}`
  await runHandler(program, teller(`${version}: the handler, called directly`))
  await runCommand(program, teller(`${version}: the command`))
  if (name === 'bun') await runEntry(program, teller(`${version}: the entry module`))
}

console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
