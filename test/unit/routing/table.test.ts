import { describe, expect, it } from 'vitest'
import type { RouteSpec, RuleSpec } from '../../../src/config/config.ts'
import type { Route } from '../../../src/routing/route.ts'
import { createRouteTable } from '../../../src/routing/table.ts'
import { exact, gatewaySpec, ref, regex, rule } from '../../support/gateway-spec.ts'

const startedAt = 1_700_000_000

/** A rule compiled to no more than its name, and the name of its first backend. */
const compile = (spec: RuleSpec, name: string): Route => ({
  name: `${name}:${spec.backends[0]?.backend.slice('default/'.length) ?? ''}`,
  retry: {
    retries: 0,
    attemptsPerPriority: undefined,
    perTryTimeoutMs: undefined,
    retryable: () => false,
    delayMs: () => 0,
  },
  requestTimeoutMs: undefined,
  streamIdleTimeoutMs: undefined,
  clientIdleTimeoutMs: undefined,
  timeoutError: { message: '' },
  maxRequestBytes: Number.POSITIVE_INFINITY,
  breaker: undefined,
  outliers: undefined,
  fault: undefined,
  backends: [],
  refused: undefined,
  plan: () => ({
    next: () => undefined,
    endpointOf: () => undefined,
    exclude() {},
    hasOtherPriority: () => false,
    skipPriority() {},
  }),
})

function tableOf(routes: readonly Partial<RouteSpec>[]) {
  const spec = gatewaySpec([], [], {
    routes: routes.map((route, index) => ({
      name: `default/r${index}`,
      hostnames: [],
      rules: [],
      costs: [],
      ...route,
    })),
  })
  return createRouteTable(spec, compile, startedAt)
}

const match = (
  rules: readonly RuleSpec[],
  model: string,
  headers: Record<string, string> = {},
): string | undefined =>
  tableOf([{ rules }])
    .match({ host: 'localhost', headers: new Headers(headers), model })
    ?.name.split(':')[1]

const model = (value: string) => exact('x-ai-eg-model', value)
const anyModel = regex('x-ai-eg-model', '.*')

describe('the order of rules', () => {
  it('lets an exact model written after a pattern win', () => {
    const rules = [rule([anyModel], [ref('all')]), rule([model('m')], [ref('one')])]
    expect(match(rules, 'm')).toBe('one')
    expect(match(rules, 'other')).toBe('all')
  })

  it('lets two headers beat one', () => {
    const rules = [
      rule([model('m')], [ref('plain')]),
      rule([regex('x-ai-eg-model', '.*'), regex('x-tenant', '.*')], [ref('tenant')]),
    ]
    expect(match(rules, 'm', { 'x-tenant': 'a' })).toBe('tenant')
    expect(match(rules, 'm')).toBe('plain')
  })

  it('lets the first of equals win, by the order of the file', () => {
    const rules = [
      rule([exact('selector', 'a')], [ref('selected')]),
      rule([model('m')], [ref('model')]),
    ]
    expect(match(rules, 'm', { selector: 'a' })).toBe('selected')
    expect(match([...rules].reverse(), 'm', { selector: 'a' })).toBe('model')
  })

  it('orders equals of two routes by name, whatever the order of the file', () => {
    const table = tableOf([
      { name: 'default/b', rules: [rule([model('m')], [ref('b')])] },
      { name: 'default/a', rules: [rule([model('m')], [ref('a')])] },
    ])
    const found = table.match({ host: 'h', headers: new Headers(), model: 'm' })
    expect(found?.name).toBe('default/a/rule/0:a')
  })

  it('reaches a rule without matches in a second route', () => {
    const table = tableOf([
      { name: 'default/a', rules: [rule([model('m')], [ref('a')])] },
      { name: 'default/b', rules: [rule([], [ref('b')])] },
    ])
    expect(table.match({ host: 'h', headers: new Headers(), model: 'x' })?.name).toBe(
      'default/b/rule/0:b',
    )
  })

  it('finds exact models among many without a look at each', () => {
    const rules = Array.from({ length: 5000 }, (_, i) => rule([model(`m${i}`)], [ref(`b${i}`)]))
    expect(match(rules, 'm4999')).toBe('b4999')
    expect(match(rules, 'm5000')).toBeUndefined()
  })
})

describe('header matches', () => {
  it('compare the whole value', () => {
    expect(match([rule([regex('x', 'ab?')], [ref('hit')])], '', { x: 'abc' })).toBeUndefined()
    expect(match([rule([regex('x', 'ab?')], [ref('hit')])], '', { x: 'ab' })).toBe('hit')
    expect(match([rule([regex('x', 'gpt-.*')], [ref('hit')])], '', { x: 'gpt-4o' })).toBe('hit')
    expect(match([rule([regex('x', 'gpt-.*')], [ref('hit')])], '', { x: 'my gpt-4o' })).toBe(
      undefined,
    )
  })

  it('never match an absent header, not even by .* or an empty value', () => {
    expect(match([rule([regex('x', '.*')], [ref('hit')])], 'm')).toBeUndefined()
    expect(match([rule([exact('x', '')], [ref('hit')])], 'm')).toBeUndefined()
  })

  it('take a missing model for an empty one, which .* matches', () => {
    expect(match([rule([anyModel], [ref('hit')])], '')).toBe('hit')
    expect(match([rule([regex('x-ai-eg-model', '.+')], [ref('hit')])], '')).toBeUndefined()
  })

  it('never match beyond a line by a dot', () => {
    for (const pattern of ['.*', '.+', 'a.*']) {
      const rules = [rule([regex('x-ai-eg-model', pattern)], [ref('hit')])]
      expect(match(rules, 'ab')).toBe('hit')
      expect(match(rules, 'a\nb')).toBeUndefined()
    }
  })

  it('use the model of the body, not the header that a client has sent', () => {
    const rules = [rule([model('real')], [ref('hit')])]
    expect(match(rules, 'real', { 'x-ai-eg-model': 'spoofed' })).toBe('hit')
    expect(match(rules, 'other', { 'x-ai-eg-model': 'real' })).toBeUndefined()
  })

  it('join repeated headers by a comma', () => {
    const headers = new Headers([
      ['x', 'a'],
      ['x', 'b'],
    ])
    const table = tableOf([{ rules: [rule([exact('x', 'a,b')], [ref('hit')])] }])
    expect(table.match({ host: 'h', headers, model: '' })?.name).toContain('hit')
  })

  it('take RE2 patterns in linear time', () => {
    const rules = [rule([regex('x', '(a+)+b')], [ref('hit')])]
    expect(match(rules, '', { x: 'a'.repeat(5000) })).toBeUndefined()
    expect(match([rule([regex('x', '(?i)AB|c')], [ref('hit')])], '', { x: 'ab' })).toBe('hit')
  })
})

describe('hosts', () => {
  const table = tableOf([
    { name: 'default/exact', hostnames: ['a.test'], rules: [rule([model('one')], [ref('exact')])] },
    { name: 'default/wild', hostnames: ['*.test'], rules: [rule([anyModel], [ref('wild')])] },
    {
      name: 'default/deep',
      hostnames: ['*.deep.test'],
      rules: [rule([anyModel], [ref('deep')])],
    },
  ])
  const find = (host: string, name: string) =>
    table.match({ host, headers: new Headers(), model: name })?.name.split(':')[1]

  it('take the most specific entry and never fall back from it', () => {
    expect(find('a.test', 'one')).toBe('exact')
    expect(find('a.test', 'two')).toBeUndefined()
    expect(find('b.test', 'two')).toBe('wild')
    expect(find('x.y.deep.test', 'two')).toBe('deep')
  })

  it('ignore case and port', () => {
    expect(find('A.TEST:1975', 'one')).toBe('exact')
  })

  it('leave other hosts without a route', () => {
    expect(find('test', 'one')).toBeUndefined()
    expect(table.serves('elsewhere')).toBe(false)
    expect(table.serves('z.test')).toBe(true)
  })

  it('read IPv6 addresses with and without brackets', () => {
    const v6 = tableOf([{ hostnames: ['::1'], rules: [rule([], [ref('six')])] }])
    expect(v6.serves('[::1]:1975')).toBe(true)
    expect(v6.serves('::1')).toBe(true)
  })
})

describe('the models of a host', () => {
  it('are the exact names, in order, each once', () => {
    const table = tableOf([
      {
        rules: [
          rule([model('a')], [ref('x')], { modelsOwnedBy: 'me', modelsCreatedAt: 5 }),
          rule([anyModel], [ref('x')]),
          {
            ...rule([], [ref('x')]),
            matches: [{ headers: [model('b')] }, { headers: [model('a')] }],
          },
        ],
      },
    ])
    expect(table.models('any')).toEqual([
      { id: 'a', ownedBy: 'me', created: 5, backends: [] },
      { id: 'b', ownedBy: 'Envoy AI Gateway', created: startedAt, backends: [] },
    ])
  })

  it("are the host's own and those of routes without hosts; other hosts see the latter alone", () => {
    const table = tableOf([
      { name: 'default/a', hostnames: ['a.test'], rules: [rule([model('own')], [ref('x')])] },
      { name: 'default/b', hostnames: ['*.w.test'], rules: [rule([model('wild')], [ref('x')])] },
      { name: 'default/c', rules: [rule([model('all')], [ref('x')])] },
    ])
    const ids = (host: string) => table.models(host).map(({ id }) => id)
    expect(ids('a.test')).toEqual(['own', 'all'])
    expect(ids('x.y.w.test')).toEqual(['wild', 'all'])
    expect(ids('b.test')).toEqual(['all'])
    const any = tableOf([
      { name: 'default/a', hostnames: ['*'], rules: [rule([model('own')], [ref('x')])] },
      { name: 'default/b', rules: [rule([model('all')], [ref('x')])] },
    ])
    expect(any.models('b.test').map(({ id }) => id)).toEqual(['own', 'all'])
  })
})

describe('the sole backend', () => {
  /** Rules that lead to these backends, one each. */
  const soleOf = (names: readonly string[], more: Partial<RouteSpec> = {}) => {
    const spec = gatewaySpec([], [], {
      routes: [
        {
          name: 'default/r',
          hostnames: [],
          costs: [],
          rules: names.map((name) => rule([model(name)], [ref(name)])),
          ...more,
        },
      ],
    })
    const withBackends = (each: RuleSpec, name: string): Route => ({
      ...compile(each, name),
      // The cast: a table looks at nothing else.
      backends: each.backends.map(
        ({ backend }) => ({ name: backend }) as Route['backends'][number],
      ),
    })
    return createRouteTable(spec, withBackends, startedAt).sole('a.example')?.name
  }

  it('is there where all rules of the host lead to one', () => {
    expect(soleOf(['one'])).toBe('default/r/rule/0:one')
    expect(soleOf(['one', 'one'])).toBe('default/r/rule/0:one')
  })

  it('is not there where there are several, or none', () => {
    expect(soleOf(['one', 'two'])).toBeUndefined()
    expect(soleOf([])).toBeUndefined()
  })

  it('is that of the host', () => {
    expect(soleOf(['one'], { hostnames: ['b.example'] })).toBeUndefined()
    expect(soleOf(['one'], { hostnames: ['*.example'] })).toBe('default/r/rule/0:one')
  })
})

describe('many rules', () => {
  /** How many headers are looked at for one request with an exact model. */
  function countLookups(rules: number): number {
    const table = tableOf([
      {
        rules: [
          rule([exact('x-tenant', 'a'), anyModel], [ref('tenant')]),
          ...Array.from({ length: rules }, (_, index) =>
            rule([model(`model-${index}`)], [ref(`b${index}`)]),
          ),
          rule([anyModel], [ref('rest')]),
        ],
      },
    ])
    let lookups = 0
    const headers = {
      get(): null {
        lookups++
        return null
      },
      forEach() {},
    }
    const found = table.match({ host: 'h', headers, model: `model-${rules - 1}` })
    expect(found?.name).toMatch(new RegExp(`:b${rules - 1}$`))
    return lookups
  }

  it('cost a request no more than a few', () => {
    expect(countLookups(5000)).toBe(countLookups(5))
  })
})
