import { describe, expect, it, vi } from 'vitest'
import type { BodyMutationSpec } from '../../../src/config/config.ts'
import { mergeBodyMutation } from '../../../src/policies/body-mutation.ts'

type Sets = readonly (readonly [path: string, value: string])[]

function spec(set: Sets, remove: readonly string[] = []): BodyMutationSpec {
  return { set: set.map(([path, value]) => ({ path, value })), remove }
}

function mutate(text: string, backend?: BodyMutationSpec, route?: BodyMutationSpec): string {
  const log = (...line: unknown[]): void => expect(line).toEqual([])
  return mergeBodyMutation(backend, route, log)?.apply(text) ?? text
}

describe('mergeBodyMutation', () => {
  it.each([
    ['0.7', '0.7'],
    [' 5 ', '5'],
    ['1e3', '1e3'],
    ['-0', '-0'],
    ['true', 'true'],
    ['null', 'null'],
    ['"5"', '"5"'],
    ['{"b": [1]}', '{"b": [1]}'],
    ['[1,2]', '[1,2]'],
    ['premium', '"premium"'],
    ['2024-01-01', '"2024-01-01"'],
    ['+5', '"+5"'],
    ['{x}', '"{x}"'],
    ['[x]', '"[x]"'],
    ['"a" and "b"', '"\\"a\\" and \\"b\\""'],
    ['01', '"01"'],
    ['', '""'],
    [' two words ', '" two words "'],
    ['True', '"True"'],
  ])('writes the value %j as %s', (value, raw) => {
    expect(mutate('{"a":0}', spec([['a', value]]))).toBe(`{"a":${raw}}`)
  })

  it('keeps order, spelling and unknown fields elsewhere', () => {
    expect(mutate('{ "z":1.0, "a":12345678901234567890 }', spec([['n', '1']], ['a']))).toBe(
      '{ "z":1.0 ,"n":1}',
    )
  })

  it('removes first and sets then', () => {
    expect(mutate('{"a":{"x":1}}', spec([['a.y', '2']], ['a']))).toBe('{"a":{"y":2}}')
    expect(mutate('{"a":1}', spec([['a', '2']], ['a']))).toBe('{"a":2}')
  })

  it('sets what the backend says in order, and then what the route says in order', () => {
    const backend = spec([
      ['a', '{}'],
      ['a.b', '1'],
      ['c', '1'],
    ])
    const route = spec([
      ['c', '{}'],
      ['a.d', '2'],
      ['c.e', '3'],
    ])
    expect(mutate('{}', backend, route)).toBe('{"a":{"b":1,"d":2},"c":{"e":3}}')
    expect(mutate('{}', spec([['a.b', '1']]), spec([['a', '2']]))).toBe('{"a":2}')
    const overlapping = spec([
      ['a.b', '1'],
      ['a', '{}'],
    ])
    expect(mutate('{}', overlapping, spec([['a.b', '2']]))).toBe('{"a":{"b":2}}')
  })

  it('takes a path written otherwise for the same', () => {
    expect(mutate('{"l":[]}', spec([['l.-1', '1']]), spec([['$.l.-1', '2']]))).toBe('{"l":[2]}')
  })

  it('unites removals', () => {
    expect(mutate('{"a":1,"b":2,"c":3}', spec([], ['a']), spec([], ['b']))).toBe('{"c":3}')
  })

  it('lets a removal of the route go over a set of the backend, and the other way too', () => {
    expect(mutate('{"a":1}', spec([['a', '2']]), spec([], ['a']))).toBe('{}')
    expect(mutate('{"a":1}', spec([], ['a']), spec([['a', '2']]))).toBe('{"a":2}')
  })

  it('treats each duplicate of a key', () => {
    expect(mutate('{"t":1,"\\u0074":2}', spec([['t', '3']]))).toBe('{"t":3,"\\u0074":3}')
    expect(mutate('{"t":1,"\\u0074":2}', spec([], ['t']))).toBe('{}')
  })

  it('starts anew from each text it is given', () => {
    const mutation = mergeBodyMutation(spec([['a.-1', '1']]), undefined, () => {})
    expect([mutation?.apply('{}'), mutation?.apply('{}')]).toEqual(['{"a":[1]}', '{"a":[1]}'])
  })

  it('passes over an empty body and an empty path', () => {
    expect(mutate('', spec([['a', '1']]))).toBe('')
    expect(mergeBodyMutation(spec([['', '1']], ['', '$.']), undefined, () => {})).toBeUndefined()
  })

  it('is nothing where there is nothing to do', () => {
    expect(mergeBodyMutation(undefined, undefined, () => {})).toBeUndefined()
    expect(mergeBodyMutation(spec([]), spec([]), () => {})).toBeUndefined()
  })

  it.each([
    ['multipart', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', 'a'],
    ['a text', 'hello', 'a'],
    ['JSON that breaks off', '{"b":1,"a', 'a'],
    ['an array where a key is asked', '{"list":[1],"a":1}', 'list.key'],
  ])('leaves %s as it was, and says so once', (_, text, path) => {
    const log = vi.fn()
    const mutation = mergeBodyMutation(spec([[path, '5']], ['b']), undefined, log)
    expect(mutation?.apply(text)).toBe(text)
    expect(mutation?.apply(text)).toBe(text)
    expect(log).toHaveBeenCalledOnce()
    expect(log.mock.calls[0]?.[0]).toBe('warn')
  })

  it('leaves out a path that cannot be, with a word in the log, and applies the rest', () => {
    const log = vi.fn()
    const mutation = mergeBodyMutation(
      spec([
        ['a.#.b', '1'],
        ['c', '2'],
      ]),
      undefined,
      log,
    )
    expect(mutation?.apply('{}')).toBe('{"c":2}')
    expect(log).toHaveBeenCalledExactlyOnceWith('warn', 'body mutation left out', {
      reason: 'the path "a.#.b" has a wildcard or query, which is not supported',
    })
  })
})
