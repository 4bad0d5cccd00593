import { expect, it } from 'vitest'
import { decideFault } from '../../../src/policies/fault-injection.ts'

const both = { delay: { ms: 500, percentage: 50 }, abort: { status: 503, percentage: 10 } }

it.each([
  [both, 0, { delayMs: 500, status: 503 }],
  [both, 0.0999, { delayMs: 500, status: 503 }],
  [both, 0.1, { delayMs: 500, status: undefined }],
  [both, 0.4999, { delayMs: 500, status: undefined }],
  [both, 0.5, { delayMs: 0, status: undefined }],
  [{ abort: { status: 418, percentage: 100 } }, 0.9999, { delayMs: 0, status: 418 }],
  [{ delay: { ms: 1, percentage: 0 } }, 0, { delayMs: 0, status: undefined }],
])('of %j chance %d makes %j', (spec, chance, fault) => {
  expect(decideFault(spec, () => chance)).toEqual(fault)
})
