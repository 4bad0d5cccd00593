import { describe, expect, it } from 'vitest'
import { createRetryRule } from '../../../src/routing/retry.ts'
import { retryOn } from '../../support/gateway-spec.ts'

const answered = (status: number) => ({ kind: 'answered', status }) as const
const failed = (cause: 'connect' | 'reset' | 'timeout' | 'idle' | 'protocol' | 'credential') =>
  ({ kind: 'failed', cause }) as const

const causes = ['connect', 'reset', 'timeout', 'idle', 'protocol'] as const

describe('triggers', () => {
  it.each([
    ['5xx', ['connect', 'reset', 'timeout', 'idle', 'protocol'], [500, 501, 503, 599]],
    ['gateway-error', ['connect', 'reset', 'timeout', 'idle', 'protocol'], [502, 503, 504]],
    ['reset', ['reset', 'idle', 'protocol'], []],
    ['connect-failure', ['connect'], []],
    ['reset-before-request', ['connect'], []],
    ['retriable-4xx', [], [409]],
    ['retriable-status-codes', [], [503]],
    ['refused-stream', [], []],
    ['unavailable', [], []],
    ['constructor', [], []],
  ])('%s stands for its failures and statuses alone', (trigger, failures, statuses) => {
    const rule = createRetryRule(retryOn([trigger]))
    expect(causes.filter((cause) => rule.retryable(failed(cause)))).toEqual(failures)
    const all = [400, 401, 404, 408, 409, 429, 500, 501, 502, 503, 504, 599]
    const expected = trigger === '5xx' ? [500, 501, 502, 503, 504, 599] : statuses
    expect(all.filter((status) => rule.retryable(answered(status)))).toEqual(expected)
  })

  it('retry 429 only where it is listed', () => {
    const listed = createRetryRule(retryOn(['retriable-status-codes'], { httpStatusCodes: [429] }))
    expect(listed.retryable(answered(429))).toBe(true)
    expect(listed.retryable(answered(503))).toBe(false)
  })

  it('need no policy to pass over a backend without a credential', () => {
    const rule = createRetryRule(undefined)
    expect(rule.retryable(failed('credential'))).toBe(true)
    expect(rule.retryable(failed('connect'))).toBe(false)
    expect(rule.retryable(answered(503))).toBe(false)
  })
})

describe('the wait', () => {
  it('is random below base times 2^k - 1, capped', () => {
    const rule = createRetryRule(retryOn([], { backOffBaseMs: 100, backOffMaxMs: 500 }))
    const most = () => 0.999
    expect(rule.delayMs(1, () => 0)).toBe(0)
    expect(rule.delayMs(1, most)).toBeCloseTo(99.9)
    expect(rule.delayMs(2, most)).toBeCloseTo(299.7)
    expect(rule.delayMs(4, most)).toBe(500)
  })
})
