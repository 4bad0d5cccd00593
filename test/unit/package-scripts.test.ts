import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

interface Package {
  readonly scripts: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

/** The cast: our own files. */
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Package

it.each(['package.json', 'test/runtime/package.json'])(
  'the scripts of %s are for any shell, that of Windows too',
  (file) => {
    for (const script of Object.values(read(file).scripts)) {
      // One program and plain words: no quotes, variables, lists of commands, or programs of POSIX.
      expect(script).toMatch(/^(?:node|vitest|biome|tsc|knip)(?: [\w./-]+)*$/)
    }
  },
)

it('the command is a script of Node, for which npm makes a file that Windows can start', () => {
  for (const file of Object.values(read('package.json').bin ?? {})) expect(file).toMatch(/\.js$/)
})
