// Documents that valid ones turn into when parts go missing, change their type or their name, or come twice: there are
// diagnostics or a gateway that serves, never an exception and never an internal error.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { parseConfig } from '../../src/config/parse.ts'
import { createGateway } from '../../src/gateway.ts'
import { samples } from '../unit/config/every-field.ts'
import { typicalFiles } from '../unit/config/typical-files.ts'

const defaults = resolve(import.meta.dirname, '../../defaults')
const files = [
  'aigw.yaml',
  ...readdirSync(resolve(defaults, 'examples')).map((name) => `examples/${name}`),
]
const texts = files
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(resolve(defaults, name), 'utf8'))
const bases = [
  ...[...texts, ...Object.values(typicalFiles)].map((text) =>
    parseAllDocuments(text).map((document): unknown => document.toJS()),
  ),
  ...samples.map(({ subject, others }): unknown[] => [subject, ...others]),
]

type Change =
  | { readonly kind: 'delete' | 'duplicate'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'rename'; readonly at: number; readonly name: string }

const at = fc.nat(5000)
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('delete' as const, 'duplicate' as const), at }),
  fc.record({
    kind: fc.constant('replace' as const),
    at,
    value: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e300,
      0.5,
      '',
      'x',
      '*',
      '0s',
      '(',
      '$A',
      '${',
      [],
      {},
      [[]],
      [null],
      ['x'],
      [{}],
      { name: 'openai' },
      { __proto__: null },
    ),
  }),
  fc.record({
    kind: fc.constant('rename' as const),
    at,
    name: fc.constantFrom('name', 'spec', 'kind', 'x', '', 'toString', '0', 'rules', '__proto__'),
  }),
)

interface Slot {
  readonly holder: Record<string, unknown> | unknown[]
  readonly key: string
}

/** Every member of every collection. */
function slotsOf(value: unknown): Slot[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown> | unknown[] // What JSON has for collections.
  return Object.keys(holder).flatMap((key) => [
    { holder, key },
    ...slotsOf(Reflect.get(holder, key)),
  ])
}

function apply(documents: unknown[], change: Change): void {
  const slots = slotsOf(documents)
  const slot = slots[change.at % slots.length]
  if (slot === undefined) return
  const { holder, key } = slot
  const value: unknown = Reflect.get(holder, key)
  if (change.kind === 'replace') define(holder, key, structuredClone(change.value))
  else if (Array.isArray(holder)) {
    if (change.kind === 'delete') holder.splice(Number(key), 1)
    else holder.push(structuredClone(value))
  } else {
    if (change.kind !== 'duplicate') delete holder[key]
    if (change.kind === 'duplicate') define(holder, `${key}2`, structuredClone(value))
    if (change.kind === 'rename') define(holder, change.name, value)
  }
}

function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

async function tryAll(documents: readonly unknown[]): Promise<void> {
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n')
  const { spec, diagnostics } = parseConfig({ file: 'x', text, env: { A: 'a' } })
  for (const { line, column, message } of diagnostics) {
    expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
    expect(message).not.toMatch(/undefined|\[object|TypeError/)
  }
  if (spec === undefined) {
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
    return
  }
  const logged: string[] = []
  const gateway = createGateway({
    config: spec,
    fetch: async () => new Response('{}', { status: 500 }),
    log: (level, message) => void (level === 'error' && logged.push(message)),
  })
  const ask = (model: string) =>
    gateway.fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'aigw-backend-selector': model },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
      }),
    )
  const answers = await Promise.all([
    ask('openai'),
    ask('gpt-4o-mini'),
    gateway.fetch(new Request('http://localhost/v1/models')),
  ])
  for (const answer of answers) expect(answer.headers.get('x-aigw-error')).not.toBe('internal')
  expect(logged).toEqual([])
}

describe('whatever becomes of a valid configuration', () => {
  it('there are diagnostics or a gateway that serves', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bases),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        async (base, changes) => {
          const documents = structuredClone(base)
          for (const one of changes) apply(documents, one)
          await tryAll(documents)
        },
      ),
      { numRuns: Number(process.env.AIGW_PROPERTY_RUNS ?? 300) },
    )
  }, 120_000)
})

describe.each(files.filter((name) => name.startsWith('examples/')))('%s', (name) => {
  const text = readFileSync(resolve(defaults, name), 'utf8')
  const errorsOf = (changed: string) =>
    parseConfig({ file: name, text: changed, env: {} }).diagnostics.filter(
      ({ severity }) => severity !== 'info',
    )
  const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length

  it('with a line too far to the left or the right is refused there', () => {
    for (const [part, put] of [
      ['      protocol: HTTP', '     protocol: HTTP'],
      ['  backendRef:\n', '   backendRef:\n'],
      ['  rules:\n', ' rules:\n'],
    ] as const) {
      expect(text).toContain(part)
      const [first] = errorsOf(text.replace(part, put))
      expect(first?.code).toMatch(/^yaml|^schema/)
      expect(Math.abs((first?.line ?? 0) - lineOf(part))).toBeLessThanOrEqual(1)
    }
  })

  it('with a wrong name in a reference says which one was meant', () => {
    const [, backend = ''] = /backendRefs:\n\s+- name: (\S+)/.exec(text) ?? []
    const found = errorsOf(text.replace(/(backendRefs:\n\s+- name: \S+)/, '$1s'))
    expect(found).toContainEqual(
      expect.objectContaining({ severity: 'error', hint: `did you mean ${backend}?` }),
    )
  })

  it('with a wrong schema names all that there are', () => {
    const found = errorsOf(text.replace(/(schema:\n\s+name: )\S+/, '$1OpenAi'))
    expect(found.map(({ message }) => message).join('\n')).toMatch(
      /schema\.name: Unsupported value: "OpenAi": supported values: "OpenAI", .*"Anthropic"/,
    )
  })
})
