import { describe, expect, it, vi } from 'vitest'
import { createAfterwards } from '../../../../runtime-node/otel/afterwards.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('work that waits', () => {
  it('is done in a row, after the turn in which it came', async () => {
    const done: string[] = []
    const afterwards = createAfterwards(() => {})
    afterwards.add(() => done.push('a'))
    await Promise.resolve()
    afterwards.add(() => done.push('b'))
    expect(done).toEqual([])
    await turn()
    expect(done).toEqual(['a', 'b'])
    afterwards.add(() => done.push('c'))
    await turn()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('is done at once when there is no more time, and not again', async () => {
    const work = vi.fn()
    const afterwards = createAfterwards(() => {})
    afterwards.add(work)
    afterwards.finish()
    expect(work).toHaveBeenCalledTimes(1)
    await turn()
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('is done though other work fails, which is told', () => {
    const errors: unknown[] = []
    const work = vi.fn()
    const afterwards = createAfterwards((error) => errors.push(error))
    const bug = new Error('bug')
    afterwards.add(() => {
      throw bug
    })
    afterwards.add(work)
    afterwards.finish()
    expect(errors).toEqual([bug])
    expect(work).toHaveBeenCalled()
  })
})
