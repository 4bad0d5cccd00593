import { describe, expect, it } from 'vitest'
import { compareSpecs, describeChange } from '../../../src/config/compare-specs.ts'
import type { BackendSpec, GatewaySpec, RuleSpec } from '../../../src/config/config.ts'

const client = { maxRequestBytes: 1 }
const rule = (value: string): RuleSpec => ({
  matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value }] }],
  backends: [],
  modelsOwnedBy: 'me',
})
const backend: BackendSpec = {
  name: 'default/a',
  schema: { name: 'OpenAI' },
  endpoints: [{ kind: 'fqdn', host: 'a.com', port: 443 }],
  auth: { type: 'APIKey', key: 'planted-old' },
  connectTimeoutMs: 1,
}
const base: GatewaySpec = {
  listeners: [{ name: 'http', port: 1975, client }],
  routes: [{ name: 'default/r', hostnames: [], costs: [], rules: [rule('m'), rule('n')] }],
  backends: { 'default/a': backend },
  costs: [],
}
const [route] = base.routes

function changes(after: Partial<GatewaySpec>, before: Partial<GatewaySpec> = {}): string[] {
  return compareSpecs({ ...base, ...before }, { ...base, ...after }).map(describeChange)
}

function withBackend(changed: Partial<BackendSpec>): Partial<GatewaySpec> {
  return { backends: { 'default/a': { ...backend, ...changed } } }
}

describe('the changes between two configurations', () => {
  it('are none between equal ones', () => {
    expect(changes(structuredClone(base))).toEqual([])
  })

  it('name the rules of a route', () => {
    const routes =
      route === undefined ? [] : [{ ...route, rules: [rule('m'), rule('o'), rule('p')] }]
    expect(changes({ routes })).toEqual(['route default/r changed: rules[1], rules[2]'])
  })

  it('count rules beyond the first few', () => {
    const rules = Array.from({ length: 9 }, (_, index) => rule(`x${index}`))
    const routes = route === undefined ? [] : [{ ...route, rules }]
    expect(changes({ routes })).toEqual([
      'route default/r changed: rules[0], rules[1], rules[2], rules[3], rules[4], and 4 more rules',
    ])
  })

  it('name routes and backends that come and go', () => {
    const none = { routes: [], backends: {} }
    expect(changes({}, none)).toEqual(['route default/r added', 'backend default/a added'])
    expect(changes(none)).toEqual(['route default/r removed', 'backend default/a removed'])
  })

  it('say of a credential that it changed, and nothing of its value', () => {
    const said = changes(withBackend({ auth: { type: 'APIKey', key: 'planted-new' } }))
    expect(said).toEqual(['credential of default/a changed'])
    const { auth: _, ...without } = backend
    expect(changes({ backends: { 'default/a': without } })).toEqual([
      'credential of default/a removed',
    ])
    expect(changes({}, { backends: { 'default/a': without } })).toEqual([
      'credential of default/a added',
    ])
  })

  it('name the parts of a backend', () => {
    expect(changes(withBackend({ tls: {}, connectTimeoutMs: 2 }))).toEqual([
      'backend default/a changed: connectTimeoutMs, tls',
    ])
  })

  it('name host names, listeners, and the listeners that a route is attached to', () => {
    const routes = route === undefined ? [] : [{ ...route, hostnames: ['a.com'], ports: [1] }]
    const listeners = [{ name: 'http', port: 1976, client }]
    expect(changes({ routes, listeners })).toEqual([
      'route default/r changed: hostnames, listeners',
      'listener http changed: port',
    ])
  })

  it('name costs of all routes', () => {
    expect(changes({ costs: [{ metadataKey: 'k', type: 'InputToken' }] })).toEqual([
      'costs of all routes changed',
    ])
  })
})
