import { describe, expect, it } from 'vitest'
import { askEach } from '../../src/ask-each.ts'

const isGood = (answer: number) => answer >= 0

describe('askEach', () => {
  it('answers in the order of the items, whatever comes first', async () => {
    const open: (() => void)[] = []
    const answers = askEach(
      [1, 2, 3],
      (item) => new Promise<number>((resolve) => open.push(() => resolve(item * 10))),
      isGood,
    )
    for (const answer of open.reverse()) answer()
    expect(await answers).toEqual([10, 20, 30])
  })

  it('has eight under way at most', async () => {
    let running = 0
    let most = 0
    const items = Array.from({ length: 50 }, (_, index) => index)
    await askEach(
      items,
      async (item) => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        return item
      },
      isGood,
    )
    expect(most).toBe(8)
  })

  it('asks no further after a bad answer, and hands it out', async () => {
    const asked: number[] = []
    const items = Array.from({ length: 50 }, (_, index) => index)
    const answers = await askEach(
      items,
      async (item) => {
        asked.push(item)
        return item === 3 ? -1 : item
      },
      isGood,
    )
    expect(answers).toEqual({ bad: -1 })
    expect(asked.length).toBeLessThan(20)
  })

  it('rejects with the first failure once nothing is under way', async () => {
    let running = 0
    const answers = askEach(
      [1, 2, 3, 4],
      async (item) => {
        running++
        await Promise.resolve()
        running--
        if (item === 2) throw new Error('broken')
        return item
      },
      isGood,
    )
    await expect(answers).rejects.toThrow('broken')
    expect(running).toBe(0)
  })

  it('asks for nothing where there is nothing', async () => {
    expect(await askEach([], async () => 1, isGood)).toEqual([])
  })
})
