import { expect, it } from 'vitest'
import { createPageSource } from '../../../runtime-node/page-source.ts'
import { createActivity } from '../../../src/observe/activity.ts'

function sourceAt(version: number) {
  const told = { inFlight: 0, notice: undefined as string | undefined, examples: 0 }
  const { report } = createActivity()
  const source = createPageSource({
    telemetry: { activity: { version: () => version, report }, inFlight: () => told.inFlight },
    version: '1.2.3',
    startedAt: 1_700_000_000_000,
    notice: () => told.notice,
    example: () => {
      told.examples++
      return 'curl localhost'
    },
  })
  return { source, told }
}

it('says what runs, since when, and how to send a first request', () => {
  const { source } = sourceAt(0)
  expect(source.report()).toMatchObject({
    version: '1.2.3',
    startedAt: 1_700_000_000_000,
    inFlight: 0,
    notice: null,
    example: 'curl localhost',
    rows: [],
    latest: [],
  })
})

it('looks for no example once requests have come', () => {
  const { source, told } = sourceAt(1)
  expect(source.report().example).toBeNull()
  expect(told.examples).toBe(0)
})

it('has another version with each thing that changes', () => {
  const { source, told } = sourceAt(0)
  const versions = [source.version(), sourceAt(1).source.version()]
  told.inFlight = 1
  versions.push(source.version())
  told.notice = 'configuration not reloaded'
  versions.push(source.version())
  expect(new Set(versions).size).toBe(4)
  expect(source.report()).toMatchObject({ inFlight: 1, notice: 'configuration not reloaded' })
})
