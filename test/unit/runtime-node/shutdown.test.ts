import { expect, it } from 'vitest'
import { watchStopRequests } from '../../../runtime-node/shutdown.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

const pending = 'pending'

/** What a promise holds now, without waiting for it. */
function peek(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise, Promise.resolve().then(() => pending)])
}

it('tells which signal came first', async () => {
  const system = createFakeSystem()
  const { first } = watchStopRequests(system)
  expect(await peek(first)).toBe(pending)
  system.stop('SIGINT')
  expect(await first).toBe('SIGINT')
})

it('takes two signals of one moment for one request', async () => {
  const system = createFakeSystem()
  const { first, second } = watchStopRequests(system)
  system.stop('SIGINT')
  system.advance(20)
  system.stop('SIGINT')
  await first
  expect(await peek(second)).toBe(pending)
})

it('takes a later signal for the second', async () => {
  const system = createFakeSystem()
  const { second } = watchStopRequests(system)
  system.stop('SIGTERM')
  system.advance(150)
  system.stop('SIGINT')
  await expect(second).resolves.toBeUndefined()
})

it('no longer listens when told so', async () => {
  const system = createFakeSystem()
  const { first, ignore } = watchStopRequests(system)
  ignore()
  system.stop()
  expect(await peek(first)).toBe(pending)
})
