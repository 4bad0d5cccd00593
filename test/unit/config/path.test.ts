import { expect, it } from 'vitest'
import { formatPath } from '../../../src/config/path.ts'

it.each([
  [[], ''],
  [['spec', 'rules', 0, 'backendRefs', 1, 'name'], 'spec.rules[0].backendRefs[1].name'],
  [['stringData', 'service_account.json'], 'stringData["service_account.json"]'],
  [['a-b', ''], 'a-b[""]'],
])('formats %j as %s', (path, text) => {
  expect(formatPath(path)).toBe(text)
})
