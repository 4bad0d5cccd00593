// Where the programs of the runtimes are. A package puts its platform's binary in place when its install script runs;
// where scripts are switched off, the binary is still in the platform's own package.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const { resolve } = createRequire(import.meta.url)
const { platform, arch } = process

const system = platform === 'win32' ? 'windows' : platform
const bunPackage = `@oven/bun-${system}-${arch === 'arm64' ? 'aarch64' : arch}`
const denoPackage = `@deno/${platform}-${arch}`
const workerdPackage = `@cloudflare/workerd-${system}-${arch === 'arm64' ? arch : '64'}`

/** Paths of the runtimes' programs, by name. */
export const runtimes = {
  node: process.execPath,
  bun: find('bun', [
    ['bun', 'bin/bun'],
    [bunPackage, 'bin/bun'],
    [`${bunPackage}-musl`, 'bin/bun'],
  ]),
  deno: find('deno', [
    ['deno', 'deno'],
    [denoPackage, 'deno'],
    [`${denoPackage}-glibc`, 'deno'],
  ]),
  workerd: find('workerd', [[workerdPackage, 'bin/workerd']]),
}

/** A script for Node. */
export const wrangler = join(packageFolder('wrangler'), 'bin', 'wrangler.js')

function find(name, candidates) {
  for (const [owner, file] of candidates) {
    for (const suffix of ['', '.exe']) {
      try {
        const path = join(packageFolder(owner), file + suffix)
        if (spawnSync(path, ['--version']).status === 0) return path
      } catch {
        // Not a package of this platform.
      }
    }
  }
  throw new Error(`no ${name} here: npm --prefix test/runtime ci`)
}

function packageFolder(name) {
  return dirname(resolve(`${name}/package.json`))
}
