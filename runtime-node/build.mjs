#!/usr/bin/env node
// Builds dist/: the command in one bundle with all that it needs, the library entries with their packages left
// outside, and the declarations. `npm ci` runs it (script `prepare`).
//
//   node runtime-node/build.mjs [--out DIR] [--only-command]
//
// AIGW_VERSION stamps the command, with a tag or the output of `git describe --tags --long`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * undici without its fetch, WebSocket, cache and mocks: half of what would be read at start. A name that this leaves
 * out is an error of the build.
 */
const undiciPools = {
  name: 'undici-pools',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]undici[\\/]index\.js$/ }, ({ path }) => ({
      contents:
        "export { default as Client } from './lib/dispatcher/client.js'; export { default as Pool } from './lib/dispatcher/pool.js'",
      resolveDir: dirname(path),
    }))
  },
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: { out: { type: 'string' }, 'only-command': { type: 'boolean' } },
})
const out = resolve(root, values.out ?? 'dist')

// The first `npx aigw` in a checkout links the package into a cache of its own and prepares it again. What is
// built already will do: a build there costs seconds, and npm swallows its errors.
const { npm_command: npmCommand, npm_lifecycle_event: event } = process.env
if (event === 'prepare' && npmCommand === 'exec' && existsSync(join(out, 'aigw.js'))) {
  process.exit(0)
}

const esbuild = await import('esbuild').catch(() => undefined)
if (esbuild === undefined) {
  // `npm ci --omit=dev` where someone has built before.
  if (existsSync(join(out, 'aigw.js'))) process.exit(0)
  console.error('aigw: esbuild is not installed: run npm ci with development dependencies once')
  process.exit(1)
}

mkdirSync(out, { recursive: true })
try {
  await buildCommand(esbuild)
  if (!values['only-command']) await buildLibrary(esbuild)
} catch (error) {
  // esbuild has already said what is wrong with the sources, and where.
  if (!Array.isArray(error.errors)) throw error
  process.exit(1)
}
if (!values['only-command']) buildDeclarations()

/** Code that is loaded later keeps to files of its own, so that nothing unused is read at start. */
async function buildCommand({ build }) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { aigw: 'runtime-node/main.ts' },
    outdir: out,
    // Beside the command, not below it: `../defaults` must lead to the same place from everywhere.
    chunkNames: 'aigw-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // CommonJS packages ask for Node's own modules with `require`.
    banner: {
      js: "import { createRequire as aigwCreateRequire } from 'node:module';const require = aigwCreateRequire(import.meta.url);",
    },
    define: { __AIGW_VERSION__: JSON.stringify(process.env.AIGW_VERSION ?? '') },
    plugins: [undiciPools],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  removeStale(/^aigw-.*\.js$/, metafile)
  // The admin server's page: read when somebody opens it.
  cpSync(join(root, 'runtime-node', 'admin-page'), join(out, 'admin-page'), { recursive: true })
  chmodSync(join(out, 'aigw.js'), 0o755)
}

/** One build for all, so that they share their classes: an error of one must be an error of the others. */
async function buildLibrary({ build }) {
  const entries = {
    index: 'src/index.ts',
    node: 'runtime-node/index.ts',
    entry: 'src/entry.ts',
  }
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(entries).filter(([, source]) => existsSync(join(root, source))),
    ),
    outdir: out,
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    logLevel: 'warning',
    metafile: true,
  })
  removeStale(/^shared-.*\.js$/, metafile)
}

/** Chunks of earlier builds, after the new ones are in place. */
function removeStale(pattern, { outputs }) {
  const fresh = new Set(Object.keys(outputs).map((name) => basename(name)))
  for (const name of readdirSync(out)) {
    if (pattern.test(name) && !fresh.has(name)) rmSync(join(out, name))
  }
}

function buildDeclarations() {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const tsc = join(dirname(compiler), 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'runtime-node'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}
