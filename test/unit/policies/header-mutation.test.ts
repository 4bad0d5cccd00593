import { describe, expect, it } from 'vitest'
import type { HeaderMutationSpec } from '../../../src/config/config.ts'
import {
  checkHeaderMutation,
  isProtectedHeader,
  mergeHeaderMutation,
} from '../../../src/policies/header-mutation.ts'

function spec(set: Record<string, string>, remove: readonly string[] = []): HeaderMutationSpec {
  return { set: Object.entries(set).map(([name, value]) => ({ name, value })), remove }
}

function mutate(
  headers: Record<string, string>,
  backend: HeaderMutationSpec | undefined,
  route?: HeaderMutationSpec,
): Record<string, string> {
  const map = new Map(Object.entries(headers))
  mergeHeaderMutation(backend, route)?.apply(map)
  return Object.fromEntries(map)
}

describe('mergeHeaderMutation', () => {
  it('sets, overwrites and removes', () => {
    expect(mutate({ a: '1', b: '2', c: '3' }, spec({ a: 'x', d: 'y' }, ['b', 'z']))).toEqual({
      a: 'x',
      c: '3',
      d: 'y',
    })
  })

  it('sets what the same level removes', () => {
    expect(mutate({ a: '1' }, spec({ a: 'x' }, ['a']))).toEqual({ a: 'x' })
  })

  it('lets the route set over the backend, by name in any case', () => {
    expect(mutate({}, spec({ 'X-A': 'backend', b: '1' }), spec({ 'x-a': 'route' }))).toEqual({
      'x-a': 'route',
      b: '1',
    })
  })

  it('unites removals', () => {
    expect(mutate({ a: '1', b: '2' }, spec({}, ['A']), spec({}, ['b']))).toEqual({})
  })

  it('lets a removal of the route go over a set of the backend', () => {
    expect(mutate({ a: '1' }, spec({ a: 'backend' }), spec({}, ['a']))).toEqual({})
  })

  it('lets a set of the route go over a removal of the backend', () => {
    expect(mutate({ a: '1' }, spec({}, ['a']), spec({ a: 'route' }))).toEqual({ a: 'route' })
  })

  it.each([':path', ':authority', 'x-ai-eg-model', 'X-AI-EG-Model', 'x-envoy-original-path'])(
    'leaves %s alone',
    (name) => {
      expect(isProtectedHeader(name)).toBe(true)
      expect(mergeHeaderMutation(spec({ [name]: 'x' }, [name]), undefined)).toBeUndefined()
      const lower = name.toLowerCase()
      expect(mutate({ [lower]: '1' }, spec({ [name]: 'x', b: '2' }, [name]))).toEqual({
        [lower]: '1',
        b: '2',
      })
    },
  )

  it('does not protect what only looks alike', () => {
    expect(isProtectedHeader('x-envoy-original-path-2')).toBe(false)
    expect(isProtectedHeader('x-ai')).toBe(false)
  })

  it('is nothing where there is nothing to do', () => {
    expect(mergeHeaderMutation(undefined, undefined)).toBeUndefined()
    expect(mergeHeaderMutation(spec({}), spec({}))).toBeUndefined()
  })
})

describe('headers that say where a message ends', () => {
  it.each(['Content-Length', 'transfer-encoding', 'connection', 'te', 'expect'])(
    'are left alone: %s',
    (name) => {
      expect(mergeHeaderMutation({ set: [{ name, value: '1' }], remove: [] }, undefined)).toBe(
        undefined,
      )
      expect(mergeHeaderMutation({ set: [], remove: [name] }, undefined)).toBe(undefined)
    },
  )
})

describe('checking a mutation', () => {
  const check = (name: string, value: string) => () =>
    checkHeaderMutation('default/one', { set: [{ name, value }], remove: [] })

  it.each(['a\r\nb', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', '☃'])('refuses the value %j', (value) => {
    expect(check('x-own', value)).toThrow(
      /^backend default\/one: headerMutation sets the header "x/,
    )
  })

  it.each(['', 'x own', 'x:', 'x\r\ny', 'ü'])('refuses the name %j', (name) => {
    expect(check(name, 'a')).toThrow(/no name of a header$/)
  })

  it('takes what a header can carry', () => {
    expect(check("x-!#$%&'*+.^_`|~", 'tab\tand ü')).not.toThrow()
    expect(check('x-empty', '')).not.toThrow()
  })
})
