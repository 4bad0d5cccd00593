import { describe, expect, it } from 'vitest'
import {
  backend,
  complete,
  load,
  messages,
  resource,
  route,
  serviceBackend,
  toA,
} from '../support.ts'

const backendRefs = [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'b' }]

describe('what nothing refers to', () => {
  it.each([
    [
      'AIServiceBackend',
      'b',
      [backend('b'), serviceBackend('b')],
      'no AIGatewayRoute sends requests to it',
    ],
    ['Backend', 'b', [backend('b')], 'no AIServiceBackend or route refers to it'],
    [
      'EnvoyProxy',
      'p',
      [resource('EnvoyProxy', 'p', { spec: {} })],
      'no Gateway or GatewayClass refers to it',
    ],
    [
      'GatewayConfig',
      'c',
      [resource('GatewayConfig', 'c', { spec: {} })],
      'no Gateway names it in its annotations',
    ],
  ])('is warned of: %s', (kind, name, objects, text) => {
    expect(messages(load(complete(route([toA]), ...objects)))).toEqual([
      `${kind} default/${name}: is not used: ${text}`,
    ])
  })

  it('counts a Backend as used by any kind of route', () => {
    const mcp = resource('MCPRoute', 'm', { spec: { parentRefs: [{ name: 'gw' }], backendRefs } })
    const http = resource('HTTPRoute', 'h', { spec: { rules: [{ backendRefs }] } })
    for (const user of [mcp, http]) {
      const said = messages(load(complete(route([toA]), backend('b'), user)))
      expect(said.filter((message) => message.includes('not used'))).toEqual([])
    }
  })

  it('is not complained of beside an error, which may be the cause', () => {
    const wrong = route([{ backendRefs: [{ name: 'aa' }] }])
    expect(messages(load(complete(wrong)))).toHaveLength(1)
  })

  it('is not complained of without any route', () => {
    expect(messages(load(complete(backend('b'))))).toEqual([])
  })
})
