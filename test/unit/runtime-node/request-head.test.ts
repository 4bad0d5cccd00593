import { describe, expect, it } from 'vitest'
import { judgeHead } from '../../../runtime-node/request-head.ts'

describe('a head', () => {
  it.each([
    [[], 'plain'],
    [['Host', 'a', 'X-Any', 'b'], 'plain'],
    // What a value holds is nobody's business.
    [['Host', 'a_b', 'x-any', 'host'], 'plain'],
    [['Host', 'a', 'Session_Id', '1'], 'underscores'],
    [['_', '', 'Host', 'a'], 'underscores'],
    [['Host', 'a', 'hOST', 'a'], 'two-hosts'],
    [['Host', 'a', 'session_id', '1', 'host', 'b'], 'two-hosts'],
  ] as const)('of %j is %s', (rawHeaders, expected) => {
    expect(judgeHead(rawHeaders)).toBe(expected)
  })
})
