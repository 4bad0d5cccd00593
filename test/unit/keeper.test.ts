import { expect, it } from 'vitest'
import { createKeeper } from '../../src/keeper.ts'

const make = () => ({})

it('hands on what is named again, and forgets the rest', () => {
  const keeper = createKeeper<object>()
  const first = keeper.begin()
  const [a, b] = [first.of('a', make), first.of('b', make)]
  expect(first.of('a', make)).toBe(a)
  first.commit()
  const second = keeper.begin()
  expect(second.of('a', make)).toBe(a)
  second.commit()
  expect(keeper.begin().of('b', make)).not.toBe(b)
})

it('forgets nothing for a configuration that is given up', () => {
  const keeper = createKeeper<object>()
  const first = keeper.begin()
  const a = first.of('a', make)
  first.commit()
  keeper.begin().of('b', make)
  expect(keeper.begin().of('a', make)).toBe(a)
})
