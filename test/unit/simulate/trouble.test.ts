import { describe, expect, it } from 'vitest'
import { readTrouble, troubleAt } from '../../../src/simulate/trouble.ts'

describe('readTrouble', () => {
  it('reads every directive', () => {
    expect(
      readTrouble(
        'status=429, retry-after=2,delay=1.5s,cut=5 , stall=0, malformed, only=ns/a, tokens=200',
      ),
    ).toEqual({
      status: 429,
      retryAfter: 2,
      delayMs: 1_500,
      cut: 5,
      stall: 0,
      malformed: true,
      only: 'ns/a',
      tokens: 200,
    })
  })

  it.each([
    [undefined, {}],
    ['', {}],
    [' , ,', {}],
    ['STATUS = 500', { status: 500 }],
    ['cut=1, cut=2', { cut: 2 }],
    ['delay=250ms', { delayMs: 250 }],
    ['delay=2m', { delayMs: 120_000 }],
  ])('reads %j', (header, trouble) => {
    expect(readTrouble(header)).toEqual(trouble)
  })

  it.each([
    'status=200',
    'status=600',
    'status=4e2',
    'status',
    'retry-after=soon',
    'delay=3',
    'delay=-1s',
    'delay=2h',
    'delay=61m',
    'cut=-1',
    'cut=1.5',
    'stall=',
    'malformed=yes',
    'only=',
    'tokens=0',
    'tokens=1000001',
  ])('does not pretend to understand %s', (header) => {
    expect(readTrouble(header)).toBe(`x-simulate: '${header}' makes no sense`)
  })

  it.each(['statsu=429', 'constructor=1', '=5'])('names the directive unknown in %s', (header) => {
    const name = header.split('=')[0]
    expect(readTrouble(header)).toBe(
      `x-simulate: unknown directive '${name}'; known: status, retry-after, delay, cut, stall, malformed, tokens, only`,
    )
  })
})

describe('troubleAt', () => {
  it.each([
    ['default/primary', undefined, true],
    ['default/primary', 'default/primary', true],
    ['default/primary', 'primary', true],
    ['default/primary', 'other/primary', false],
    ['default/primary', 'mary', false],
    ['default/primary', 'default', false],
    ['localhost:8080', 'localhost:8080', true],
  ])('at %s, only=%s applies: %s', (backend, only, applies) => {
    const trouble = { cut: 1, ...(only !== undefined && { only }) }
    expect(troubleAt(backend, trouble).cut).toBe(applies ? 1 : undefined)
  })
})
