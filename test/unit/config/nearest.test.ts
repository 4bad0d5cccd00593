import { describe, expect, it } from 'vitest'
import { findNearest, suggestNearest } from '../../../src/config/nearest.ts'

describe('findNearest', () => {
  it.each([
    ['backendRef', ['backendRefs', 'matches'], 'backendRefs'],
    ['nmae', ['name', 'namespace'], 'name'],
    ['Timeouts', ['timeouts'], 'timeouts'],
    ['match', ['name', 'matches'], 'matches'],
    ['ollma', ['openai', 'ollama'], 'ollama'],
    ['hostname', ['hostnames', 'rules'], 'hostnames'],
    ['abcdef', ['uvwxyz'], undefined],
    ['a', ['xyz'], undefined],
    ['x'.repeat(100), ['x'.repeat(99)], undefined],
    ['anything', [], undefined],
  ])('finds for %s among %j: %s', (name, candidates, nearest) => {
    expect(findNearest(name, candidates)).toBe(nearest)
  })

  it('prefers the fewest edits', () => {
    expect(findNearest('openi', ['opening', 'openai'])).toBe('openai')
  })
})

describe('suggestNearest', () => {
  it('asks, or keeps silent', () => {
    expect(suggestNearest('rule', ['rules'])).toEqual({ hint: 'did you mean rules?' })
    expect(suggestNearest('zzz', ['rules'])).toBeUndefined()
  })
})
