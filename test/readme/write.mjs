// Writes the support matrix of README.md anew: `node test/readme/write.mjs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { outputFiles } = await build({
  entryPoints: [join(here, 'support-matrix.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
})
const source = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
const { withSupportMatrix } = await import(source)
const readme = join(here, '../../README.md')
writeFileSync(readme, withSupportMatrix(readFileSync(readme, 'utf8')))
