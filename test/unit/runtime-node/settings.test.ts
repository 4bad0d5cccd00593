import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../runtime-node/exit-errors.ts'
import { type RunFlags, resolveRunSettings } from '../../../runtime-node/settings.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

function resolve(flags: RunFlags = {}, env: Record<string, string> = {}, path?: string) {
  return resolveRunSettings(path, flags, createFakeSystem({ env }))
}

describe('resolveRunSettings', () => {
  it('has a default for everything', () => {
    expect(resolve()).toMatchObject({
      adminHosts: ['127.0.0.1', '::1'],
      adminPort: 1064,
      configPath: undefined,
      debug: false,
      drainTimeoutMs: 30_000,
      errorForm: 'dialect',
      hosts: ['127.0.0.1', '::1'],
      logFormat: 'text',
      port: undefined,
      rootPrefix: '',
      simulation: undefined,
    })
    expect(resolve().runId).toMatch(/^\d{8}_\d{6}_456$/)
  })

  it('reads the environment', () => {
    const env = {
      AIGW_ADMIN_HOST: '0.0.0.0',
      AIGW_ADMIN_PORT: '2000',
      AIGW_DEBUG: 'yes',
      AIGW_HOST: '10.0.0.7',
      AIGW_PLAIN_ERRORS: '1',
      AIGW_PORT: '3000',
      AIGW_ROOT_PREFIX: '/team/ai/',
      AIGW_RUN_ID: '0',
      AIGW_SIMULATE: '1',
    }
    expect(resolve({}, env)).toMatchObject({
      adminHosts: ['0.0.0.0'],
      adminPort: 2000,
      debug: true,
      errorForm: 'plain',
      hosts: ['10.0.0.7'],
      port: 3000,
      rootPrefix: '/team/ai',
      runId: '0',
      simulation: { rate: 60, delayMs: 150 },
    })
  })

  it('lets every flag beat its variable', () => {
    const env = {
      AIGW_ADMIN_HOST: '0.0.0.0',
      AIGW_ADMIN_PORT: '2000',
      AIGW_CONFIG_HOME: '/env',
      AIGW_DEBUG: 'no',
      AIGW_HOST: '10.0.0.7',
      AIGW_PORT: '3000',
      AIGW_RUN_ID: '0',
      AIGW_SIMULATE: '0',
      AIGW_STATE_HOME: '/env',
    }
    const flags = {
      adminHost: '127.0.0.1',
      adminPort: '2001',
      configHome: '/flag',
      debug: true,
      host: '::',
      port: '0',
      runId: 'mine',
      simulate: true,
      stateHome: '/flag',
    }
    expect(resolve(flags, env)).toMatchObject({
      adminHosts: ['127.0.0.1'],
      adminPort: 2001,
      debug: true,
      homes: { config: '/flag', state: '/flag' },
      hosts: ['::'],
      port: 0,
      runId: 'mine',
      simulation: { rate: 60, delayMs: 150 },
    })
  })

  it('takes an empty variable for an unset one', () => {
    const env = { AIGW_PORT: '', AIGW_DEBUG: '', AIGW_RUN_ID: '', AIGW_HOST: '' }
    expect(resolve({}, env)).toMatchObject({ port: undefined, debug: false })
  })

  it.each(['ai', 'http://a/b', '/a?b', '/a/../b', '/a b', '//'])(
    'refuses %s as a prefix of paths',
    (prefix) => {
      expect(() => resolve({}, { AIGW_ROOT_PREFIX: prefix })).toThrow(
        'AIGW_ROOT_PREFIX: expected a path like /gateway',
      )
    },
  )

  it('takes an empty path for none', () => {
    expect(resolve({}, {}, '').configPath).toBeUndefined()
    expect(resolve({}, {}, '-').configPath).toBe('-')
  })

  it.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['on', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['off', false],
  ])('reads AIGW_DEBUG=%s as %s', (text, debug) => {
    expect(resolve({}, { AIGW_DEBUG: text }).debug).toBe(debug)
  })

  it.each([
    ['30s', 30_000],
    ['0s', 0],
    ['0', 0],
    ['250ms', 250],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1s500ms', 1500],
  ])('reads a drain timeout of %s as %i ms', (text, ms) => {
    expect(resolve({ drainTimeout: text }).drainTimeoutMs).toBe(ms)
  })

  it('reads the pace of the simulator', () => {
    const flags = { simulate: true, simulateRate: '0', simulateDelay: '0s' }
    expect(resolve(flags).simulation).toEqual({ rate: 0, delayMs: 0 })
    expect(resolve({ ...flags, simulateRate: '12.5' }).simulation?.rate).toBe(12.5)
  })

  it.each<[RunFlags, Record<string, string>, string]>([
    [{ port: 'http' }, {}, '--port: expected a port number but got "http"'],
    [{ port: '65536' }, {}, '--port: expected a port number but got "65536"'],
    [{ port: '-1' }, {}, '--port: expected a port number but got "-1"'],
    [{ port: '' }, {}, '--port: expected a port number but got ""'],
    [{ adminPort: '1e3' }, {}, '--admin-port: expected a port number but got "1e3"'],
    [{}, { AIGW_PORT: 'x' }, 'AIGW_PORT: expected a port number but got "x"'],
    [{}, { AIGW_DEBUG: 'maybe' }, 'AIGW_DEBUG: expected true or false but got "maybe"'],
    [
      { drainTimeout: '30' },
      {},
      '--drain-timeout: expected a duration like 30s, 1m30s or 250ms but got "30"',
    ],
    [{ logFormat: 'xml' }, {}, '--log-format: expected "text" or "json" but got "xml"'],
    [{ simulateRate: '-1' }, {}, '--simulate-rate: expected a number of tokens per second'],
    [{ host: 'http://x' }, {}, '--host: expected an address'],
    [{ runId: '../x' }, {}, 'run: invalid run id "../x"'],
    [{ runId: '' }, {}, 'run: invalid run id ""'],
    [{}, { AIGW_RUN_ID: 'a/b' }, 'run: invalid run id "a/b"'],
  ])('refuses %j with %j', (flags, env, message) => {
    expect(() => resolve(flags, env)).toThrow(UsageError)
    expect(() => resolve(flags, env)).toThrow(message)
  })
})
