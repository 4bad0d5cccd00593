// Writes defaults/aigw.schema.json anew: `npm run schema`.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { outputFiles } = await build({
  entryPoints: [join(here, 'resource-schema.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
})
const source = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
const { writeResourceSchema } = await import(source)
writeFileSync(join(here, '../../defaults/aigw.schema.json'), writeResourceSchema())
