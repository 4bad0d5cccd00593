import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import * as values from '../../../../src/config/fields/values.ts'

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1h2m3s4ms', 3_723_004],
    ['0s', 0],
    ['99999h', 359_996_400_000],
    ['', undefined],
    ['5', undefined],
    ['1.5s', undefined],
    ['-1s', undefined],
    ['1d', undefined],
    ['100000s', undefined],
    ['1s1s1s1s1s', undefined],
    ['1s ', undefined],
  ])('reads %j as %s', (text, milliseconds) => {
    expect(values.parseDuration(text)).toBe(milliseconds)
  })
})

describe('parseQuantity', () => {
  it.each([
    ['50Mi', 52_428_800],
    ['32Ki', 32_768],
    ['1M', 1_000_000],
    ['1048576', 1_048_576],
    ['1.5Ki', 1536],
    ['.5k', 500],
    ['1e3', 1000],
    ['2E6', 2_000_000],
    ['100m', 1],
    ['1Gi', 1_073_741_824],
    ['50 Mi', undefined],
    ['50MB', undefined],
    ['-1', undefined],
    ['Mi', undefined],
    ['', undefined],
  ])('reads %j as %s bytes', (text, bytes) => {
    expect(values.parseQuantity(text)).toBe(bytes)
  })
})

describe('the schemas', () => {
  it.each([
    ['byteQuantity', values.byteQuantity, ['1Ki', 5], ['0', 0, '-1', '5x', true]],
    ['portNumber', values.portNumber, [1, 65535], [0, 65536, 1.5, '80', Number.NaN]],
    ['headerName', values.headerName, ['X-A', '!#$%'], ['', 'a b', 'a:', 'ä', 'a\n']],
    ['headerValue', values.headerValue, ['', 'a\tb', 'é', 'a b'], ['a\r', '\n', '\0', '€', '\x7f']],
    [
      'hostname',
      values.hostname,
      ['a', '*.a.com', 'A.b'],
      ['*', '', 'a_b', '-a', 'a..b', '1.2.3.4/'],
    ],
    ['preciseHostname', values.preciseHostname, ['localhost', 'a.b'], ['*.a.com', 'a b', '']],
    [
      'time',
      values.time,
      ['2024-05-21T10:00:00Z', '2024-05-21T10:00:00.5+02:00'],
      ['2024-05-21', '2024-13-21T10:00:00Z', 'now'],
    ],
  ])('%s takes what it should and nothing else', (_name, schema, good, bad) => {
    for (const value of good) expect(v.is(schema, value), JSON.stringify(value)).toBe(true)
    for (const value of bad) expect(v.is(schema, value), JSON.stringify(value)).toBe(false)
  })

  it('make plain values of what they take', () => {
    expect(v.parse(values.duration, '1m30s')).toBe(90_000)
    expect(v.parse(values.byteQuantity, '1Ki')).toBe(1024)
    expect(v.parse(values.byteQuantity, 7)).toBe(7)
    expect(v.parse(values.headerName, 'X-Team')).toBe('x-team')
    expect(v.parse(values.hostname, '*.Example.COM')).toBe('*.example.com')
    expect(v.parse(values.time, '2024-05-21T10:00:00Z')).toBe(1_716_285_600)
  })
})

describe('areUnique', () => {
  it('compares keys', () => {
    expect(values.areUnique(['a', 'A'], (item) => item)).toBe(true)
    expect(values.areUnique(['a', 'A'], (item) => item.toLowerCase())).toBe(false)
  })
})
