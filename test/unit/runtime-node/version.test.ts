import { expect, it } from 'vitest'
import { formatVersion, versionLine } from '../../../runtime-node/version.ts'

it.each([
  ['', 'dev'],
  ['v1.2.3', 'v1.2.3'],
  ['v1.2.3-0-gabc1234', 'v1.2.3'],
  ['v1.2.3-5-gabc1234', 'abc1234 (v1.2.3, +5)'],
  ['v1.2.3-rc.1-12-g0123abc', '0123abc (v1.2.3-rc.1, +12)'],
  ['v1.2.3-rc.1', 'v1.2.3-rc.1'],
])('writes %j as %j', (described, version) => {
  expect(formatVersion(described)).toBe(version)
})

it('is a development version without a stamp', () => {
  expect(versionLine()).toBe('Envoy AI Gateway CLI: dev\n')
})
