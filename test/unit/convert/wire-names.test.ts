import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWireNames } from '../../../src/convert/wire-names.ts'

it('leaves names that Bedrock takes as they are', () => {
  const names = createWireNames()
  for (const name of ['f', 'get_weather', 'A-1', 'x'.repeat(64)])
    expect(names.toWire(name)).toBe(name)
})

it('gives a name the same form in each request', () => {
  expect(createWireNames().toWire('math.add')).toBe(createWireNames().toWire('math.add'))
})

it('keeps names apart that would look alike', () => {
  const names = createWireNames()
  const wire = ['a.b', 'a/b', 'a b', 'a_b', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`].map(
    names.toWire,
  )
  expect(new Set(wire).size).toBe(wire.length)
})

it('keeps apart a name that was made to look like another one’s form', () => {
  const names = createWireNames()
  const form = names.toWire('a.b')
  const other = names.toWire(form)
  expect(other).not.toBe(form)
  expect([names.toClient(form), names.toClient(other)]).toEqual(['a.b', form])
})

it('restores every name, and makes only names that Bedrock takes', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 100 })), (list) => {
      const names = createWireNames()
      for (const name of list) expect(names.toWire(name)).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
      for (const name of list) expect(names.toClient(names.toWire(name))).toBe(name)
    }),
  )
})

it('hands back names that it never saw', () => {
  expect(createWireNames().toClient('other')).toBe('other')
})
