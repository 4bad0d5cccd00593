import { describe, expect, it } from 'vitest'
import { complete, load, messages, route } from '../support.ts'

type Header = readonly [name: string, value: string, type?: 'Exact' | 'RegularExpression']

const model = 'x-ai-eg-model'

function rule(...matches: readonly (readonly Header[])[]): object {
  return {
    backendRefs: [{ name: 'a' }],
    matches: matches.map((headers) => ({
      headers: headers.map(([name, value, type = 'Exact']) => ({ name, value, type })),
    })),
  }
}

/** What is said of rules that can never match. */
function shadowed(...rules: readonly object[]): string[] {
  return messages(load(complete(route(rules)))).map((message) =>
    message.replace('AIGatewayRoute default/route: ', '').replace(/ on line \d+.*/, ''),
  )
}

const any = 'RegularExpression'

describe('a rule that can never match', () => {
  it.each([
    ['the same model again', [rule([[model, 'm']]), rule([[model, 'm']])], 1],
    ['behind any model', [rule([[model, '.*', any]]), rule([[model, 'g.*', any]])], 1],
    ['without a match behind any model', [rule([[model, '^.*$', any]]), rule()], 1],
    ['without a match twice', [rule(), rule()], 1],
    [
      'the same pair in another order',
      [
        rule([
          ['x', '1'],
          ['y', '2'],
        ]),
        rule([
          ['y', '2'],
          ['x', '1'],
        ]),
      ],
      1,
    ],
    ['behind any value of its header', [rule([['x', '.*', any]]), rule([['x', 'a.*', any]])], 1],
    [
      'with less behind any model',
      [
        rule([
          ['x', 'a'],
          [model, '.*', any],
        ]),
        rule([
          ['x', 'a'],
          [model, 'b.*', any],
        ]),
      ],
      1,
    ],
    [
      'fewer headers, the rest being any',
      [
        rule([
          ['x', 'a'],
          [model, '.*', any],
        ]),
        rule([['x', 'a']]),
      ],
      1,
    ],
  ])('is warned of: %s', (_, rules, index) => {
    expect(shadowed(...rules)).toEqual([`spec.rules[${index}]: can never match: rule 0`])
  })

  it.each([
    ['an exact model behind any model', [rule([[model, '.*', any]]), rule([[model, 'm']])]],
    ['other models', [rule([[model, 'm']]), rule([[model, 'n']])]],
    [
      'more headers',
      [
        rule([[model, 'm']]),
        rule([
          [model, 'm'],
          ['x', '1'],
        ]),
      ],
    ],
    [
      'a value that a narrower pattern misses',
      [rule([['x', 'a.*', any]]), rule([['x', '.*', any]])],
    ],
    ['absence of a header', [rule([['x', '.*', any]]), rule()]],
    ['letter case of a value', [rule([['x', 'a']]), rule([['x', 'A']])]],
  ])('is not seen where there is none: %s', (_, rules) => {
    expect(shadowed(...rules)).toEqual([])
  })

  it('names the one match of several, and one that repeats itself', () => {
    expect(
      shadowed(rule([[model, 'm']], [[model, 'n']]), rule([[model, 'n']], [[model, 'o']])),
    ).toEqual(['spec.rules[1].matches[0]: can never match: rule 0'])
    expect(shadowed(rule([[model, 'm']], [[model, 'm']]))).toEqual([
      'spec.rules[0].matches[1]: can never match: rule 0',
    ])
  })

  it('may be shadowed by another route, but not on another host', () => {
    const one = rule([[model, 'm']])
    const two = (hostnames: string[]) =>
      messages(load(complete(route([one], {}, 'a'), route([one], { hostnames }, 'b'))))
    expect(two([])).toEqual([
      'AIGatewayRoute default/b: spec.rules[0]: can never match: rule 0 of AIGatewayRoute default/a on line 9 comes first and takes the same requests',
    ])
    expect(two(['b.com'])).toEqual([])
  })
})
