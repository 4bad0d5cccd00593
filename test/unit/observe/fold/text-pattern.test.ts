import { describe, expect, it } from 'vitest'
import { learnPattern } from '../../../../src/observe/fold/text-pattern.ts'

const match = (example: unknown, other: string, names = ['content', 'padding']) =>
  learnPattern(JSON.stringify(example), names)?.match(other)

describe('a pattern', () => {
  it('finds the texts of an event that differs in nothing else', () => {
    const like = { id: 'c', content: 'one', n: 1, padding: 'x' }
    expect(match(like, '{"id":"c","content":"two","n":1,"padding":"yyy"}')).toEqual(['two', 'yyy'])
  })

  it('finds them in the order of the names, wherever they stand', () => {
    expect(match({ padding: 'x', content: 'one' }, '{"padding":"p","content":"c"}')).toEqual([
      'c',
      'p',
    ])
  })

  it('does without those that are not there', () => {
    expect(match({ content: 'one' }, '{"content":"two"}')).toEqual(['two', undefined])
    expect(learnPattern('{"padding":"x"}', ['content', 'padding'])).toBeUndefined()
  })

  it('lets one number go up', () => {
    const pattern = learnPattern('{"n":7,"delta":"a","k":[1]}', ['delta'], 'n')
    expect(pattern?.match('{"n":10,"delta":"b","k":[1]}')).toEqual(['b'])
    expect(pattern?.match('{"n":,"delta":"b","k":[1]}')).toBeUndefined()
    expect(pattern?.match('{"n":1.5,"delta":"b","k":[1]}')).toBeUndefined()
    expect(pattern?.match('{"n":8,"delta":"b","k":[2]}')).toBeUndefined()
    const without = learnPattern('{"n":"7","delta":"a"}', ['delta'], 'n')
    expect(without?.match('{"n":"7","delta":"b"}')).toEqual(['b'])
    expect(without?.match('{"n":"8","delta":"b"}')).toBeUndefined()
  })

  it('decodes escapes', () => {
    expect(match({ content: 'a' }, String.raw`{"content":"\"q\" \\ \u00e9\n"}`)?.[0]).toBe(
      '"q" \\ é\n',
    )
  })

  it.each([
    '{"content":"two","n":2}',
    '{"content":"two","n":1} ',
    '{"content":"two"',
    '{"content":"two","n":1}{',
    '{"content": "two","n":1}',
    '{"content":2,"n":1}',
    '{"content":"two',
    '{"content":"a\u0001b","n":1}',
    String.raw`{"content":"\x","n":1}`,
    String.raw`{"content":"two\","n":1}`,
    '',
  ])('takes nothing else: %s', (other) => {
    expect(match({ content: 'one', n: 1 }, other)).toBeUndefined()
  })

  it.each([
    { content: 'a', x: { content: 'b' } },
    { content: 'a', x: ['content'] },
    { content: 1 },
    { x: 'content' },
  ])('is not learned where it is not clear which text is meant: %j', (example) => {
    expect(learnPattern(JSON.stringify(example), ['content'])).toBeUndefined()
  })
})
