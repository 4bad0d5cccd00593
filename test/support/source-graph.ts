// The source as it is: files, what they import, and their text without comments and strings.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export interface Import {
  /** From the root for a file of ours, for example `src/errors.ts`; else a package or `node:` name. */
  readonly to: string
  readonly kind: 'type' | 'value'
}

/** Paths from the root, with forward slashes. */
export function listFiles(folder: string, extension: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => extension.test(path) && !path.includes('/node_modules/'))
    .sort()
}

export const readSource = (path: string) => readFileSync(join(root, path), 'utf8')

const statement = /^(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s*from\s+)?'([^']+)'/gms
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g

/** What a file imports or exports on, `import('…')` too. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  for (const [, type, names = '', to = ''] of text.matchAll(statement)) {
    const kind = type !== undefined || hasOnlyTypes(names) ? 'type' : 'value'
    found.push({ to: resolve(path, to), kind })
  }
  for (const [, to = ''] of text.matchAll(dynamic)) {
    found.push({ to: resolve(path, to), kind: 'value' })
  }
  return found
}

function hasOnlyTypes(names: string): boolean {
  const [, list] = /^\{(.*)\}$/s.exec(names.trim()) ?? []
  if (list === undefined) return false
  return list
    .split(',')
    .map((name) => name.trim())
    .every((name) => name === '' || name.startsWith('type '))
}

function resolve(from: string, to: string): string {
  return to.startsWith('.') ? posix.join(posix.dirname(from), to) : to
}

/** Every way round, once, for example `['a.ts', 'b.ts', 'a.ts']`. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path)
    if (at >= 0) cycles.push([...trail.slice(at), path])
    if (at >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return cycles
}

/** Comments, strings and regular expressions would look like code: they become empty ones. */
export function stripText(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g,
    (match) => (match.startsWith('/') ? '' : "''"),
  )
}
