import { describe, expect, it } from 'vitest'
import type { OutlierSpec } from '../../../src/config/config.ts'
import type { AttemptOutcome } from '../../../src/routing/attempt-outcome.ts'
import { createEndpointState, type EndpointState } from '../../../src/routing/endpoint-state.ts'
import { createOutlierDetector } from '../../../src/routing/outlier-detection.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const defaults: OutlierSpec = {
  consecutive5xx: 5,
  consecutiveGatewayErrors: 0,
  consecutiveLocalFailures: 5,
  splitLocalOrigin: false,
  intervalMs: 3000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 100,
  alwaysEjectOne: false,
  panicThreshold: 50,
}

const answered = (status: number): AttemptOutcome => ({ kind: 'answered', status })
const refused: AttemptOutcome = { kind: 'failed', cause: 'connect' }

function start(spec: Partial<OutlierSpec> = {}, count = 2) {
  const clock = createFakeClock()
  const endpoints = Array.from({ length: count }, createEndpointState)
  const told: string[] = []
  const nameOf = (endpoint: EndpointState) => endpoints.indexOf(endpoint)
  const detector = createOutlierDetector({
    spec: { ...defaults, ...spec },
    endpoints,
    clock: { ticks: clock.now },
    onEjected: (endpoint, forMs) => told.push(`${nameOf(endpoint)} for ${forMs}`),
    onReturned: (endpoint) => told.push(`${nameOf(endpoint)} back`),
  })
  // The cast: tests name endpoints that there are.
  const at = (index: number) => endpoints[index] as EndpointState
  return {
    clock,
    told,
    report: (outcomes: readonly AttemptOutcome[], index = 0) => {
      for (const outcome of outcomes) detector.report(at(index), outcome)
    },
    isEjected: (index = 0) => detector.isEjected(at(index)),
  }
}

const times = (count: number, outcome: AttemptOutcome) =>
  Array.from({ length: count }, () => outcome)

describe('an endpoint is ejected', () => {
  it('after so many failures in a row, whether told or met', () => {
    const run = start()
    run.report([...times(2, answered(500)), refused, answered(529)])
    expect(run.isEjected()).toBe(false)
    run.report([refused])
    expect(run.isEjected()).toBe(true)
    expect(run.isEjected(1)).toBe(false)
    expect(run.told).toEqual(['0 for 30000'])
  })

  it.each([answered(200), answered(404), answered(429)])(
    'not where %j comes in between',
    (good) => {
      const run = start()
      run.report([...times(4, answered(500)), good, ...times(4, answered(500))])
      expect(run.isEjected()).toBe(false)
    },
  )

  it('by gateway errors alone, where there is a limit for them', () => {
    const run = start({ consecutive5xx: 0, consecutiveGatewayErrors: 2 })
    run.report([answered(502), answered(500), answered(503)])
    expect(run.isEjected()).toBe(false)
    run.report([refused])
    expect(run.isEjected()).toBe(true)
  })

  it('by failures to reach it alone, where they are counted apart', () => {
    const run = start({ splitLocalOrigin: true, consecutive5xx: 2, consecutiveLocalFailures: 3 })
    run.report([refused, answered(200), refused, refused])
    expect(run.isEjected()).toBe(false)
    run.report([answered(500), refused, refused])
    expect(run.isEjected()).toBe(false)
    run.report([refused])
    expect(run.isEjected()).toBe(true)
  })

  it('never for want of a credential', () => {
    const run = start()
    run.report(times(9, { kind: 'failed', cause: 'credential' }))
    expect(run.isEjected()).toBe(false)
  })

  it.each([
    [10, 2, 0],
    [50, 2, 1],
    [50, 3, 1],
    [67, 3, 2],
    [100, 2, 2],
  ])('only while that is at most %i percent of %i', (maxEjectionPercent, count, ejected) => {
    const run = start({ maxEjectionPercent, consecutive5xx: 1 }, count)
    for (let index = 0; index < count; index++) run.report([refused], index)
    const states = Array.from({ length: count }, (_, index) => run.isEjected(index))
    expect(states.filter(Boolean)).toHaveLength(ejected)
  })
})

it('one endpoint may be ejected, however few there are, where the policy says so', () => {
  const run = start({ maxEjectionPercent: 10, alwaysEjectOne: true, consecutive5xx: 1 })
  run.report([refused])
  run.report([refused], 1)
  expect([run.isEjected(), run.isEjected(1)]).toEqual([true, false])
})

describe('an ejected endpoint', () => {
  it('comes back when its time is over, with a clean slate', async () => {
    const run = start()
    run.report(times(5, refused))
    await run.clock.advance(29_999)
    expect(run.isEjected()).toBe(true)
    await run.clock.advance(1)
    expect(run.isEjected()).toBe(false)
    run.report(times(4, refused))
    expect(run.isEjected()).toBe(false)
    expect(run.told).toEqual(['0 for 30000', '0 back'])
  })

  it('stays away longer each time, five minutes at most', async () => {
    const run = start({ consecutive5xx: 1 })
    for (let time = 1; time <= 12; time++) {
      run.report([refused])
      await run.clock.advance(Math.min(time * 30_000, 300_000))
      expect(run.isEjected()).toBe(false)
    }
    const durations = run.told.filter((line) => line.includes('for')).map((line) => line.slice(6))
    expect(durations.slice(0, 3)).toEqual(['30000', '60000', '90000'])
    expect(durations.slice(-2)).toEqual(['300000', '300000'])
  })

  it('is forgiven one ejection for each interval that it lasts', async () => {
    const run = start({ consecutive5xx: 1 })
    run.report([refused])
    await run.clock.advance(30_000)
    expect(run.isEjected()).toBe(false)
    run.report([refused])
    await run.clock.advance(60_000)
    expect(run.isEjected()).toBe(false)
    await run.clock.advance(3000)
    run.report([refused])
    expect(run.told.at(-1)).toBe('0 for 60000')
  })

  it('is not ejected once more by what was under way', () => {
    const run = start({ consecutive5xx: 1 })
    run.report([refused, refused, refused])
    expect(run.told).toEqual(['0 for 30000'])
  })
})
