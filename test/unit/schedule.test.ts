import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { schedule } from '../../src/schedule.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const day = 24 * 3600_000

describe('schedule', () => {
  it.each([0, 1, 60_000, 24 * day, 30 * day, 400 * day])('calls once after %i ms', (ms) => {
    const work = vi.fn()
    schedule(work, ms)
    if (ms > 0) vi.advanceTimersByTime(ms - 1)
    expect(work).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(work).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([0, 26 * day])('calls nothing once it is cancelled, after %i ms', (after) => {
    const work = vi.fn()
    const cancel = schedule(work, 60 * day)
    vi.advanceTimersByTime(after)
    cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(100 * day)
    expect(work).not.toHaveBeenCalled()
  })
})
