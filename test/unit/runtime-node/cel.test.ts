import { beforeAll, describe, expect, it } from 'vitest'
import { type Cel, loadCel } from '../../../runtime-node/cel.ts'
import type { CostVariables } from '../../../src/observe/access-log/operators.ts'

let cel: Cel
beforeAll(async () => {
  cel = await loadCel()
})

const used: CostVariables = {
  ...{ model: 'm', backend: 'default/one/route/r/rule/0/ref/0', route_name: 'default/r' },
  ...{ input_tokens: 10, cached_input_tokens: 4, cache_creation_input_tokens: 1 },
  ...{ output_tokens: 7, total_tokens: 17, reasoning_tokens: 2 },
}

describe('a cost', () => {
  it.each([
    ['input_tokens', 10],
    ['input_tokens * uint(2) + output_tokens', 27],
    ['total_tokens - input_tokens', 7],
    ['input_tokens == uint(3) ? 100000000 : 0', 0],
    ['input_tokens == uint(10) ? 100000000 : 0', 100_000_000],
    ["model == 'm' ? output_tokens * 3u : 0u", 21],
    ["backend.startsWith('default/one') && route_name == 'default/r' ? 5 : 6", 5],
    // Counts and prices together, which standard CEL does not know, rounded down.
    [
      '(input_tokens - cached_input_tokens) + (cached_input_tokens * 0.1) + output_tokens * 1.5',
      16,
    ],
    ['output_tokens * 2', 14],
    ['int(7) - input_tokens', 0],
    ['cache_creation_input_tokens + reasoning_tokens', 3],
  ])('%s is %d', (expression, wanted) => {
    expect(cel.cost(expression)(used)).toBe(wanted)
  })

  it.each([
    'input_tokens +',
    'tokens',
    "'a'",
    'true',
    '-1',
    'uint(1) - uint(1200)',
    'request.headers',
  ])('cannot be %s', (expression) => {
    expect(() => cel.cost(expression)).toThrow()
  })
})
