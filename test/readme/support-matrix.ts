// Which endpoint is served by which kind of backend, as README says it: made of the table of translators.
import { schemaNames } from '../../src/config/api-schema.ts'
import type { Dialect, Endpoint } from '../../src/endpoints/endpoint.ts'
import { endpoints } from '../../src/endpoints/index.ts'
import { translators } from '../../src/translate/index.ts'

const start = '<!-- support-matrix: `node test/readme/write.mjs` -->'
const end = '<!-- /support-matrix -->'

/** What clients call stands below these, unless an embedder says otherwise. */
const prefixes: Readonly<Record<Dialect, string>> = {
  openai: '',
  anthropic: '/anthropic',
  cohere: '/cohere',
}

const list: readonly Pick<Endpoint, 'id' | 'method' | 'path' | 'dialect'>[] = endpoints

/** The text with the matrix between its marks made anew. Throws where a mark is missing. */
export function withSupportMatrix(readme: string): string {
  const from = readme.indexOf(start)
  const to = readme.indexOf(end)
  if (from < 0 || to < from) throw new Error('README.md has no place for the support matrix')
  return `${readme.slice(0, from + start.length)}\n\n${renderSupportMatrix()}\n${readme.slice(to)}`
}

function renderSupportMatrix(): string {
  // By widths of string: the keys of the table are narrower than what is looked up.
  const table: Readonly<Record<string, Readonly<Record<string, unknown>>>> = translators
  const used = schemaNames.filter((schema) =>
    list.some(({ id }) => table[id]?.[schema] !== undefined),
  )
  const rows = list.map(({ id, method = 'POST', path, dialect }) => [
    `\`${method} ${prefixes[dialect]}${path}\``,
    ...used.map((schema) => (table[id]?.[schema] === undefined ? '–' : '✓')),
  ])
  const head = ['Endpoint', ...used.map((schema) => `\`${schema}\``)]
  const line = head.map((_, column) => (column === 0 ? '---' : ':-:'))
  return [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
