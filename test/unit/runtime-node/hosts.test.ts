import { describe, expect, it } from 'vitest'
import { isLoopback, isWildcard, localHost, parseHosts } from '../../../runtime-node/hosts.ts'

describe('parseHosts', () => {
  it.each([
    ['0.0.0.0', ['0.0.0.0']],
    ['localhost', ['127.0.0.1', '::1']],
    ['[::1]', ['::1']],
    [' 127.0.0.1 , 10.0.0.7 ', ['127.0.0.1', '10.0.0.7']],
    ['localhost,::1', ['127.0.0.1', '::1']],
    ['gateway.internal', ['gateway.internal']],
  ])('reads %j', (text, hosts) => {
    expect(parseHosts(text)).toEqual(hosts)
  })

  it.each(['', ',', 'a,,b', 'http://x', 'a b'])('refuses %j', (text) => {
    expect(parseHosts(text)).toBeUndefined()
  })
})

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('is true of %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'is false of %s',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})

it('only both wildcards are wildcards', () => {
  expect(['0.0.0.0', '::', '127.0.0.1', '0.0.0.1'].map(isWildcard)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

it('says localhost wherever that reaches the gateway', () => {
  expect(localHost(['127.0.0.1', '::1'])).toBe('localhost')
  expect(localHost(['0.0.0.0'])).toBe('localhost')
  expect(localHost(['10.0.0.7', '127.0.0.1'])).toBe('localhost')
  expect(localHost(['10.0.0.7'])).toBe('10.0.0.7')
  expect(localHost(['fd00::7'])).toBe('[fd00::7]')
})
