import { describe, expect, it } from 'vitest'
import { describeBug } from '../../src/describe-bug.ts'

function caught(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('describeBug', () => {
  it('says what was thrown and where', () => {
    const text = describeBug(new RangeError('out of reach'))
    expect(text).toMatch(/^RangeError: out of reach\n {4}at /)
    expect(text).toContain('describe-bug.test.ts')
    expect(describeBug('a word')).toBe('a word')
  })

  it.each([
    ['a body', () => JSON.parse('planted "secret" of a user')],
    ['a body, further on', () => JSON.parse('{"key": "planted \\"", secret')],
    ['a header', () => new Headers({ authorization: 'Bearer planted\nsecret' })],
    ['a text', () => Promise.reject('no "planted secret" here')],
  ])('keeps back what engines quote of %s', async (_, work) => {
    const error = await Promise.resolve()
      .then(work)
      .catch((reason: unknown) => reason)
    expect(describeBug(error)).not.toContain('planted')
    expect(describeBug(error)).not.toContain('secret of')
  })

  it('does without a trace where there is none', () => {
    const error = caught(() => {
      throw Object.assign(new Error('bare'), { stack: undefined })
    })
    expect(describeBug(error)).toBe('Error: bare')
  })
})
