// The admin server's page in a real Chromium. Where there is none, this says so and is content.
import { findChromium } from './chromium.mjs'

const chromium = await findChromium()
if (chromium.missing !== undefined) {
  console.log(`\nLEFT OUT: the admin page in a browser. To run it: ${chromium.missing}\n`)
  process.exit(0)
}

const [{ cases }, { createWorkspace }] = await Promise.all([
  import('./page.mjs'),
  import('./gateway.mjs'),
])
const limitMs = 120_000
const workspace = createWorkspace()
const browser = await chromium.launch()
let passed = 0
let failed = 0
console.log(`\nChromium ${browser.version}: the admin page`)
const world = { workspace, browser }
for (const [name, run] of Object.entries(cases)) {
  const { promise: limit, cancel } = failAfter(limitMs)
  try {
    await Promise.race([run(world), limit])
    console.log(`  ok     ${name}`)
    passed += 1
  } catch (error) {
    console.log(`  FAILED ${name}\n${String(error.stack).replace(/^/gm, '         ')}`)
    failed += 1
  }
  cancel()
}
await browser.close()
await workspace.remove()
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function failAfter(ms) {
  let timer
  const promise = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms)
  })
  return { promise, cancel: () => clearTimeout(timer) }
}
