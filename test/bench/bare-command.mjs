// The command without its metrics: what observing is measured against. No variable turns them off.
import { build } from 'esbuild'
import { here } from './processes.mjs'

/** Builds it into `folder` and returns its file. */
export async function buildBareCommand(folder) {
  let replaced = 0
  const withoutMetrics = {
    name: 'without-metrics',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/genai-metrics\.ts$/ }, ({ importer }) => {
        if (!importer.endsWith('/telemetry.ts')) return undefined
        replaced++
        return { path: 'no-metrics', namespace: 'bare' }
      })
      onLoad({ filter: /.*/, namespace: 'bare' }, () => ({
        contents: 'export const createGenaiMetrics = () => ({})',
      }))
    },
  }
  await build({
    entryPoints: { bare: here('../../runtime-node/main.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: {
      js: "import { createRequire as bareRequire } from 'node:module';const require = bareRequire(import.meta.url);",
    },
    define: { __AIGW_VERSION__: '""' },
    plugins: [withoutMetrics],
    legalComments: 'none',
    logLevel: 'warning',
  })
  if (replaced !== 1) throw new Error(`metrics were taken out ${replaced} times, not once`)
  return `${folder}/bare.mjs`
}
