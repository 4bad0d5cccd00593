import { expect, it } from 'vitest'
import { arrayOf, integer, mapOf, object, string, union, within } from '../../../src/json/check.ts'

const shape = object({ name: string, counts: arrayOf(integer) })

it('passes what fits, whatever else is in it', () => {
  expect(shape({ name: 'a', counts: [1, 2], other: {} }, '')).toBeUndefined()
  expect(shape({ name: null }, '')).toBeUndefined()
  expect(shape({}, '')).toBeUndefined()
})

it('says what is wrong first, and where', () => {
  expect(shape({ counts: [1, 'x', 'y'], name: 'n' }, '')).toEqual({
    text: 'expected an integer',
    where: 'counts[1]',
  })
  expect(shape({ name: 5 }, 'outer')).toEqual({ text: 'expected a string', where: 'outer.name' })
  expect(shape([], 'outer')).toEqual({ text: 'expected an object', where: 'outer' })
})

it('takes neither fractions nor what cannot be counted for an integer', () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', true]) {
    expect(integer(value, 'n')).toBeDefined()
  }
})

it('names the key of a map, cut to a length that a message can bear', () => {
  expect(mapOf(integer)({ a: 1, 'b"': 'x' }, 'map')?.where).toBe('map["b\\""]')
  expect(mapOf(integer)({ ['k'.repeat(1000)]: 'x' }, 'map')?.where.length).toBeLessThan(80)
})

it('dispatches on a tag and says when there is none, or another one', () => {
  const check = union(
    'type',
    { a: object({ x: string }) },
    {
      missing: 'no type',
      unknown: (type) => `unknown ${type}`,
    },
  )
  expect(check({ type: 'a', x: 's' }, 'u')).toBeUndefined()
  expect(check({ type: 'a', x: 1 }, 'u')?.where).toBe('u.x')
  expect(check({}, 'u')?.text).toBe('no type')
  expect(check(null, 'u')?.text).toBe('no type')
  expect(check({ type: 1 }, 'u')?.text).toBe('no type')
  expect(check({ type: 'constructor' }, 'u')?.text).toBe('unknown constructor')
})

it('puts what is being read in front of what is wrong with it', () => {
  expect(within('cannot read', string)(1, 'x')).toEqual({
    text: 'cannot read: expected a string',
    where: 'x',
  })
  expect(within('cannot read', string)('1', 'x')).toBeUndefined()
})
