import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../runtime-node/exit-errors.ts'
import { checkRunId, createRunId } from '../../../runtime-node/run-id.ts'

describe('createRunId', () => {
  it('is the local time with the microseconds of the millisecond', () => {
    const local = new Date(2026, 0, 2, 3, 4, 5, 678).getTime()
    expect(createRunId(local * 1000 + 9)).toBe('20260102_030405_009')
  })

  it('pads all parts', () => {
    expect(createRunId(1_700_000_000_000_000)).toMatch(/^\d{8}_\d{6}_000$/)
  })
})

describe('checkRunId', () => {
  it.each(['0', '20260102_030405_009', 'my run', 'a.b', 'ünï'])('accepts %j', (runId) => {
    expect(checkRunId(runId)).toBe(runId)
  })

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a..b', 'C:x', 'a\nb', 'a\0b'])(
    'refuses %j',
    (runId) => {
      expect(() => checkRunId(runId)).toThrow(UsageError)
      expect(() => checkRunId(runId)).toThrow(/^run: invalid run id "/)
    },
  )
})
