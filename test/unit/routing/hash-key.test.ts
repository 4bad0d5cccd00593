import { expect, it } from 'vitest'
import type { HashPolicySpec } from '../../../src/config/config.ts'
import { createHashKeyReader } from '../../../src/routing/hash-key.ts'

const request = {
  url: 'http://localhost/v1/chat/completions?user=ann&team=',
  headers: new Headers({ 'x-user': 'ann', cookie: 'theme=dark; session=s1=2; x' }),
  remoteAddress: '[::1]:50000',
}

it.each<[HashPolicySpec, string | undefined]>([
  [{ type: 'SourceIP' }, '[::1]'],
  [{ type: 'Headers', names: ['x-user'] }, 'ann'],
  [{ type: 'Headers', names: ['x-team', 'x-user'] }, '\nann'],
  [{ type: 'Headers', names: ['x-team'] }, undefined],
  [{ type: 'Cookie', name: 'session' }, 's1=2'],
  [{ type: 'Cookie', name: 'x' }, undefined],
  [{ type: 'QueryParams', names: ['user', 'team'] }, 'ann\n'],
  [{ type: 'QueryParams', names: ['nothing'] }, undefined],
])('%j is %j', (spec, key) => {
  expect(createHashKeyReader(spec)(request)).toBe(key)
})

it('has no source where the listener knows none', () => {
  expect(
    createHashKeyReader({ type: 'SourceIP' })({ url: request.url, headers: request.headers }),
  ).toBeUndefined()
})
