import { describe, expect, it } from 'vitest'
import { translators } from '../src/translate/index.ts'
import { listGoldenCases } from './support/golden.ts'
import {
  findCycles,
  type Import,
  importsOf,
  listFiles,
  readSource,
  stripText,
} from './support/source-graph.ts'

/**
 * Who may import what, by folder or by file of src/. `x/` is all of a folder, `type x` its types alone. From the
 * bottom up: nothing imports what stands below it. A new file at the top of src/ needs a line here.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'limits.ts': [],
  'cancellation.ts': [],
  'base64-bytes.ts': [],
  'pieces.ts': [],
  'ask-each.ts': [],
  'keeper.ts': [],
  'json/': ['pieces.ts'],
  'wire/': ['errors.ts', 'json/'],
  'usage/': ['json/'],

  'config/': ['json/', 'routing/full-match.ts', 'routing/precedence.ts'],
  'ports.ts': [
    'type cancellation.ts',
    'type config/config.ts',
    'type pieces.ts',
    'type streams/stream-translator.ts',
  ],

  'streams/': [
    'base64-bytes.ts',
    'errors.ts',
    'json/',
    'pieces.ts',
    'type ports.ts',
    'type usage/usage.ts',
  ],
  'convert/': [
    'base64-bytes.ts',
    'errors.ts',
    'json/',
    'type streams/stream-translator.ts',
    'usage/',
    'wire/',
  ],

  // These four know nothing of each other but the interfaces that a backend is made of.
  'endpoints/': [
    'errors.ts',
    'json/',
    'type cancellation.ts',
    'type config/config.ts',
    'type ports.ts',
    'type wire/',
  ],
  'auth/': [
    'url-parts.ts',
    'base64-bytes.ts',
    'config/credential-headers.ts',
    'errors.ts',
    'json/',
    'pieces.ts',
    'type config/config.ts',
    'type ports.ts',
  ],
  'policies/': ['json/', 'type config/config.ts', 'type ports.ts'],
  'routing/': [
    'url-parts.ts',
    'type auth/auth.ts',
    'type config/api-schema.ts',
    'type config/config.ts',
    'type policies/body-mutation.ts',
    'type policies/header-mutation.ts',
    'type ports.ts',
    'type translate/translator.ts',
  ],

  'translate/': [
    'base64-bytes.ts',
    'convert/',
    'errors.ts',
    'json/',
    'type config/api-schema.ts',
    'type endpoints/endpoint.ts',
    'type endpoints/index.ts',
    'type pieces.ts',
    'type ports.ts',
    'type streams/stream-translator.ts',
    'type wire/',
    'usage/',
  ],

  'byte-length.ts': [],
  'describe-bug.ts': [],
  'schedule.ts': [],
  'answer-locally.ts': [
    'byte-length.ts',
    'error-response.ts',
    'errors.ts',
    'exchange.ts',
    'type endpoints/endpoint.ts',
    'type observe/observer.ts',
    'type ports.ts',
  ],
  'exchange.ts': [
    'type cancellation.ts',
    'type endpoints/endpoint.ts',
    'type errors.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type streams/stream-translator.ts',
    'type translate/translator.ts',
    'usage/usage.ts',
  ],
  'headers.ts': ['type ports.ts'],
  'underscores.ts': ['errors.ts', 'type ports.ts'],
  'mask-query.ts': [],
  'observe/': [
    'url-parts.ts',
    'base64-bytes.ts',
    'failure-cause.ts',
    'describe-bug.ts',
    'json/',
    'mask-query.ts',
    'config/access-log-operators.ts',
    'type config/api-schema.ts',
    'type config/config.ts',
    'type endpoints/endpoint.ts',
    'type errors.ts',
    'type exchange.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type usage/usage.ts',
  ],
  'idle-watch.ts': ['type ports.ts'],
  'lifeline.ts': [
    'cancellation.ts',
    'streams/stream-state.ts',
    'type errors.ts',
    'type streams/stream-host.ts',
  ],
  'error-response.ts': [
    'convert/errors/anthropic-error-type.ts',
    'type endpoints/endpoint.ts',
    'type errors.ts',
  ],
  'read-body.ts': [
    'cancellation.ts',
    'type ports.ts',
    'endpoints/raw-body.ts',
    'errors.ts',
    'streams/collect-body.ts',
    'type endpoints/endpoint.ts',
  ],
  'failure-cause.ts': [],
  'failed-attempts.ts': ['url-parts.ts', 'failure-cause.ts', 'type exchange.ts', 'type ports.ts'],
  'outgoing-request.ts': ['cancellation.ts', 'pieces.ts', 'type ports.ts'],
  'connection-failure.ts': ['errors.ts'],
  'platform-fetch.ts': ['connection-failure.ts', 'type ports.ts'],
  'upstream.ts': [
    'pieces.ts',
    'errors.ts',
    'headers.ts',
    'type auth/auth.ts',
    'type endpoints/endpoint.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
  ],
  'held-stream.ts': [
    'type cancellation.ts',
    'errors.ts',
    'limits.ts',
    'streams/body-host.ts',
    'type exchange.ts',
    'type lifeline.ts',
    'type observe/observer.ts',
    'type ports.ts',
    'type streams/stream-translator.ts',
  ],
  'try-result.ts': [
    'type errors.ts',
    'type ports.ts',
    'type streams/stream-translator.ts',
    'type translate/translator.ts',
  ],
  'judge-answer.ts': [
    'convert/errors/openai-failure.ts',
    'errors.ts',
    'json/is-record.ts',
    'limits.ts',
    'streams/collect-body.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
    'type try-result.ts',
  ],
  'try-backend.ts': [
    'connection-failure.ts',
    'ask-each.ts',
    'cancellation.ts',
    'failure-cause.ts',
    'describe-bug.ts',
    'errors.ts',
    'headers.ts',
    'held-stream.ts',
    'outgoing-request.ts',
    'hide-credentials.ts',
    'idle-watch.ts',
    'judge-answer.ts',
    'limits.ts',
    'type auth/auth.ts',
    'type endpoints/endpoint.ts',
    'type exchange.ts',
    'type lifeline.ts',
    'type observe/observer.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
    'type try-result.ts',
    'upstream.ts',
  ],
  'attempt.ts': [
    'errors.ts',
    'lifeline.ts',
    'occupancy.ts',
    'policies/fault-injection.ts',
    'type config/config.ts',
    'type failed-attempts.ts',
    'request-time.ts',
    'try-backend.ts',
    'type routing/attempt-outcome.ts',
    'type routing/endpoint-state.ts',
    'type routing/outlier-detection.ts',
    'type try-result.ts',
    'type endpoints/endpoint.ts',
    'type exchange.ts',
    'type observe/observer.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
  ],
  'hide-credentials.ts': ['judge-answer.ts', 'observe/sensitive-headers.ts', 'type ports.ts'],
  'request-time.ts': [
    'errors.ts',
    'idle-watch.ts',
    'type endpoints/endpoint.ts',
    'type exchange.ts',
    'type lifeline.ts',
    'type ports.ts',
    'type routing/route.ts',
  ],
  'respond.ts': [
    'byte-length.ts',
    'type observe/observer.ts',
    'errors.ts',
    'headers.ts',
    'judge-answer.ts',
    'streams/unread-body.ts',
    'type try-result.ts',
    'type endpoints/endpoint.ts',
    'type exchange.ts',
  ],
  'handle.ts': [
    'url-parts.ts',
    'byte-length.ts',
    'describe-bug.ts',
    'type observe/observer.ts',
    'cancellation.ts',
    'attempt.ts',
    'error-response.ts',
    'errors.ts',
    'exchange.ts',
    'type failed-attempts.ts',
    'read-body.ts',
    'respond.ts',
    'routing/match.ts',
    'type config/config.ts',
    'type endpoints/endpoint.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
  ],
  'occupancy.ts': [
    'connection-failure.ts',
    'cancellation.ts',
    'errors.ts',
    'type exchange.ts',
    'type routing/circuit-breaker.ts',
    'type routing/endpoint-state.ts',
  ],
  'compile-traffic.ts': [
    'url-parts.ts',
    'routing/circuit-breaker.ts',
    'routing/hash-key.ts',
    'routing/load-balancer.ts',
    'routing/outlier-detection.ts',
    'routing/plan.ts',
    'routing/rendezvous.ts',
    'type config/config.ts',
    'type ports.ts',
    'type routing/endpoint-state.ts',
    'type routing/route.ts',
  ],
  // The one place where credentials, mutations and routes meet.
  'compile-rule.ts': [
    'config/credential-headers.ts',
    'type auth/auth.ts',
    'policies/body-mutation.ts',
    'policies/header-mutation.ts',
    'compile-traffic.ts',
    'routing/retry.ts',
    'type config/config.ts',
    'type ports.ts',
    'type routing/route.ts',
  ],
  'compile-snapshot.ts': [
    'auth/index.ts',
    'compile-rule.ts',
    'failed-attempts.ts',
    'keeper.ts',
    'routing/circuit-breaker.ts',
    'routing/endpoint-state.ts',
    'routing/table.ts',
    'type auth/auth.ts',
    'type config/config.ts',
    'type handle.ts',
    'type ports.ts',
  ],
  'gateway.ts': [
    'url-parts.ts',
    'answer-locally.ts',
    'type exchange.ts',
    'compile-snapshot.ts',
    'endpoints/',
    'error-response.ts',
    'errors.ts',
    'handle.ts',
    'limits.ts',
    'mask-query.ts',
    'observe/observer.ts',
    'platform-fetch.ts',
    'schedule.ts',
    'translate/index.ts',
    'type config/config.ts',
    'type ports.ts',
    'type routing/route.ts',
    'type translate/translator.ts',
    'underscores.ts',
  ],

  'simulate/': [
    'base64-bytes.ts',
    'convert/errors/anthropic-error-type.ts',
    'errors.ts',
    'json/',
    'streams/aws-event-stream.ts',
    'type ports.ts',
  ],
  'index.ts': [
    'cancellation.ts',
    'config/',
    'errors.ts',
    'gateway.ts',
    'limits.ts',
    'streams/pump-body.ts',
    'type exchange.ts',
    'type observe/observer.ts',
    'type ports.ts',
    'type streams/stream-translator.ts',
  ],
  'entry.ts': [
    'auth/environment-credentials.ts',
    'type config/ability.ts',
    'config/diagnostics.ts',
    'config/parse.ts',
    'gateway.ts',
    'json/is-record.ts',
    'observe/portable/traces.ts',
    'schedule.ts',
    'type config/config.ts',
    'type observe/observer.ts',
    'type ports.ts',
  ],
  '../runtime-node/': [
    // What the tools of cloud vendors write on a disk is read there and understood here.
    'auth/aws-ini.ts',
    'auth/aws-profile.ts',
    'auth/environment-credentials.ts',
    'auth/gcp-token.ts',
    // `aigw validate` does without the gateway.
    'config/code-frame.ts',
    'config/compare-specs.ts',
    'config/credential-headers.ts',
    'config/effective.ts',
    'config/mask-secrets.ts',
    'config/parse.ts',
    'connection-failure.ts',
    'describe-bug.ts',
    'index.ts',
    'mask-query.ts',
    'observe/',
    'simulate/simulator.ts',
  ],
}

/** What the core may be made of, besides itself: each runs on every runtime. */
const corePackages = [
  'aws4fetch',
  'hono',
  'hono/utils/url',
  'ipaddr.js',
  're2js',
  'valibot',
  'yaml',
]

/** The one line that you add to: https://en.wikipedia.org/wiki/Registry_pattern; the rest are public surfaces. */
const indexFiles = [
  'runtime-node/index.ts',
  'src/auth/index.ts',
  'src/config/resources/index.ts',
  'src/endpoints/index.ts',
  'src/index.ts',
  'src/observe/spans/genai/index.ts',
  'src/observe/spans/openinference/index.ts',
  'src/simulate/index.ts',
  'src/translate/index.ts',
]
const publicSurfaces = ['runtime-node/index.ts', 'src/index.ts']

/** Runtimes and tools look for a default export here, and nowhere else is one. */
const defaultExports = ['src/entry.ts', 'test/vitest.config.ts']

const sources = [...listFiles('src', /\.ts$/), ...listFiles('runtime-node', /\.ts$/)]
const everything = [
  ...sources,
  ...listFiles('runtime-node', /\.mjs$/),
  ...listFiles('test', /\.(ts|mjs)$/),
]
const imports = new Map(sources.map((path) => [path, importsOf(path, readSource(path))]))

/** `src/json/path.ts` is `json/`, `src/errors.ts` is itself. */
function unitOf(path: string): string {
  const [top, folder = '', ...rest] = path.split('/')
  if (top !== 'src') return `../${top}/`
  return rest.length === 0 ? folder : `${folder}/`
}

interface Edge extends Import {
  readonly from: string
}

const edges: readonly Edge[] = [...imports].flatMap(([from, list]) =>
  list.map((edge) => ({ ...edge, from })),
)
const isOurs = ({ to }: Import) => to.startsWith('src/') || to.startsWith('runtime-node/')
const crossing = edges.filter((edge) => isOurs(edge) && unitOf(edge.from) !== unitOf(edge.to))

function permits(rule: string, { to, kind }: Import): boolean {
  const target = rule.replace(/^type /, '')
  if (rule.startsWith('type ') && kind === 'value') return false
  const path = to.replace(/^src\//, '')
  return target.endsWith('/') ? path.startsWith(target) : path === target
}

describe('dependencies', () => {
  it('go only where the table says', () => {
    const wrong = crossing
      .filter((edge) => !allowed[unitOf(edge.from)]?.some((rule) => permits(rule, edge)))
      .map(({ from, to, kind }) => `${from} imports ${kind === 'type' ? 'a type of ' : ''}${to}`)
    expect(wrong).toEqual([])
  })

  it('use every line of the table: what is not needed any more is taken out', () => {
    const unused = Object.entries(allowed).flatMap(([unit, rules]) =>
      rules
        .filter((rule) => {
          return !crossing.some((edge) => unitOf(edge.from) === unit && permits(rule, edge))
        })
        .map((rule) => `${unit} → ${rule}`),
    )
    expect(unused).toEqual([])
    const units = new Set(sources.map(unitOf))
    expect(Object.keys(allowed).filter((unit) => !units.has(unit))).toEqual([])
  })

  it('never go round, types included', () => {
    const graph = new Map([...imports].map(([path, list]) => [path, list.map(({ to }) => to)]))
    expect(findCycles(graph).map((cycle) => cycle.join(' → '))).toEqual([])
  })

  it('of the core are packages that run everywhere, and nothing of Node', () => {
    const foreign = edges
      .filter((edge) => edge.from.startsWith('src/') && !edge.to.startsWith('src/'))
      .filter(({ to }) => !corePackages.includes(to))
    expect(foreign).toEqual([])
  })

  it('name files that are there', () => {
    const known = new Set(sources)
    expect(edges.filter((edge) => isOurs(edge) && !known.has(edge.to))).toEqual([])
  })
})

describe('files', () => {
  it('are named in kebab-case', () => {
    const odd = everything.filter((path) => {
      return !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*_?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config))?\.(?:ts|mjs)$/.test(
        path,
      )
    })
    expect(odd).toEqual([])
  })

  it('called index are registries and public surfaces, and only the latter export what others made', () => {
    expect(sources.filter((path) => path.endsWith('/index.ts')).toSorted()).toEqual(indexFiles)
    const barrels = sources.filter((path) => {
      return /^export\b[^'"=;(]*\bfrom\s+'/ms.test(readSource(path)) || hasStarExport(path)
    })
    expect(barrels.filter((path) => !publicSurfaces.includes(path))).toEqual([])
  })

  it('export by name, save where a runtime or a tool looks for a default', () => {
    const found = everything.filter((path) => {
      return /^export\s+default\b|\bas\s+default\b/m.test(stripText(readSource(path)))
    })
    expect(found).toEqual(defaultExports)
  })

  it('hold no any', () => {
    const found = everything
      .filter((path) => path.endsWith('.ts'))
      .filter((path) => anyType.test(stripText(readSource(path))))
    expect(found).toEqual([])
  })
})

const anyType = /(?:[:<|&]|\bas|\bextends|\btype\s+\w+\s*=|<[^()=;]*,)\s*any\b(?!\s*[:(.'])/

const hasStarExport = (path: string) => /^export\s+(?:type\s+)?\*/m.test(readSource(path))

describe('the table of translators', () => {
  const cells = Object.entries(translators).flatMap(([endpoint, row]) =>
    Object.keys(row).map((schema) => ({ endpoint, schema })),
  )

  it.each(cells)('has golden cases for $endpoint at $schema', ({ endpoint, schema }) => {
    const cases = listGoldenCases(endpoint).filter((found) => found.schema === schema)
    expect(cases.length).toBeGreaterThan(0)
  })
})

describe('this test', () => {
  it('sees imports in every form', () => {
    const text = `import { a } from '../a.ts'
import type { B } from './b.ts'
import {
  type C,
  type D,
} from './c.ts'
import { type E, f } from './e.ts'
export { g } from './g.ts'
import 'hono'
export const one = 1
const { h } = await import('./h.ts')
`
    expect(importsOf('src/json/x.ts', text)).toEqual([
      { to: 'src/a.ts', kind: 'value' },
      { to: 'src/json/b.ts', kind: 'type' },
      { to: 'src/json/c.ts', kind: 'type' },
      { to: 'src/json/e.ts', kind: 'value' },
      { to: 'src/json/g.ts', kind: 'value' },
      { to: 'hono', kind: 'value' },
      { to: 'src/json/h.ts', kind: 'value' },
    ])
  })

  it('finds ways round', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', ['b']],
    ])
    expect(findCycles(graph)).toEqual([['b', 'd', 'b']])
  })

  it('tells any the type from any the word', () => {
    for (const text of [
      'let a: any',
      'type A = any',
      'x as any',
      'Map<string, any>',
      'f<any>()',
      'a | any',
    ]) {
      expect(text).toMatch(anyType)
    }
    for (const text of [
      "'as any'",
      '// as any',
      'AbortSignal.any(list)',
      '{ any: 1 }',
      'one = any',
    ]) {
      expect(stripText(text)).not.toMatch(anyType)
    }
  })
})
