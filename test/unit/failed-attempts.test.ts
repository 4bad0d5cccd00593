import { expect, it } from 'vitest'
import { type ErrorKind, GatewayError } from '../../src/errors.ts'
import type { AttemptRecord } from '../../src/exchange.ts'
import { createFailedAttemptLog } from '../../src/failed-attempts.ts'
import { createFakeClock } from '../support/fake-clock.ts'

function start() {
  const clock = createFakeClock()
  const lines: string[] = []
  const tell = createFailedAttemptLog({
    ticks: clock.now,
    log: (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
  })
  const fail = (kind: ErrorKind, code?: string, name = 'one') => {
    const cause = Object.assign(new Error('key-123'), code === undefined ? {} : { code })
    // The cast: it reads no more of an attempt than this.
    tell({
      index: 0,
      backend: { name: `default/${name}` },
      origin: `https://${name}.test:8443`,
      error: new GatewayError(kind, 'key-123', { cause }),
    } as unknown as AttemptRecord)
  }
  return { clock, lines, tell, fail }
}

it('names the backend, the host and the cause, and nothing that may be a secret', () => {
  const { lines, fail } = start()
  fail('upstream-unreachable', 'ECONNREFUSED')
  expect(lines).toEqual([
    'warn an attempt failed {"index":0,"backend":"default/one","host":"one.test:8443","error":"upstream_connect","cause":"ECONNREFUSED"}',
  ])
})

it('says the same once in ten seconds, and then how often it has been so', async () => {
  const { clock, lines, fail } = start()
  for (let i = 0; i < 100; i++) fail('upstream-unreachable', 'ECONNREFUSED')
  expect(lines).toHaveLength(1)
  await clock.advance(9_999)
  fail('upstream-unreachable', 'ECONNREFUSED')
  expect(lines).toHaveLength(1)
  await clock.advance(1)
  fail('upstream-unreachable', 'ECONNREFUSED')
  expect(lines[1]).toContain('"alsoSince":100}')
  await clock.advance(10_000)
  fail('upstream-unreachable', 'ECONNREFUSED')
  expect(lines[2]).not.toContain('alsoSince')
})

it('says at once what is new: another cause, another backend, another kind', () => {
  const { lines, fail } = start()
  fail('upstream-unreachable', 'ECONNREFUSED')
  fail('upstream-unreachable', 'ENOTFOUND')
  fail('upstream-unreachable', 'ENOTFOUND', 'two')
  fail('upstream-reset', 'ENOTFOUND')
  fail('credential-unavailable')
  expect(lines).toHaveLength(5)
})

it('says nothing where no backend is to blame', () => {
  const { lines, fail } = start()
  fail('internal')
  fail('invalid-request')
  expect(lines).toEqual([])
})

it('says at level debug what a provider has refused', () => {
  const { lines, tell } = start()
  tell({
    index: 1,
    backend: { name: 'default/one' },
    origin: 'http://one.test',
    status: 503,
  } as unknown as AttemptRecord)
  expect(lines).toEqual([
    'debug an attempt was refused {"index":1,"backend":"default/one","host":"one.test","status":503}',
  ])
})
