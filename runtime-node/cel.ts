// Expressions of a configuration (https://cel.dev): conditions of access lines, and costs. The library is loaded when
// a configuration has one that needs it.
import type { CheckExpression } from '../src/config/parse.ts'
import type { MatchView } from '../src/observe/access-log/access-log.ts'
import { needsCel } from '../src/observe/access-log/match.ts'
import { type CostVariables, tokenVariables } from '../src/observe/access-log/operators.ts'

export interface Cel {
  /** Throws an `Error` that says what is wrong. */
  match(expression: string): (view: MatchView) => unknown
  /** The same. What it makes of variables is a whole number from 0 on; it throws where it cannot tell. */
  cost(expression: string): (variables: CostVariables) => number
}

let loading: Promise<Cel> | undefined
let loaded: Cel | undefined
let isWanted = false

export function loadCel(): Promise<Cel> {
  loading ??= createCel().then((cel) => {
    loaded = cel
    return cel
  })
  return loading
}

/** For the parser of configurations. Says nothing while the library is not there, and remembers that it is wanted. */
export const checkExpression: CheckExpression = (use, expression) => {
  if (use === 'match' && !needsCel(expression)) return undefined
  if (loaded === undefined) {
    isWanted = true
    return undefined
  }
  try {
    if (use === 'match') loaded.match(expression)
    else loaded.cost(expression)
    return undefined
  } catch (error) {
    return firstLine(error)
  }
}

/** Whether there was something to check that could not be checked, and now can. */
export async function loadWantedCel(): Promise<boolean> {
  if (!isWanted || loaded !== undefined) return false
  await loadCel()
  return true
}

const firstLine = (error: unknown) =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** There is more in Envoy. */
const foreignMember = /\b(?:request\.(?!(?:headers|method|path)\b)|response\.(?!code\b))\w*/

async function createCel(): Promise<Cel> {
  const [{ Environment }, { UnsignedInt }] = await Promise.all([
    import('@marcbachmann/cel-js'),
    import('@marcbachmann/cel-js/evaluator'),
  ])
  const ofMatches = new Environment()
    .registerVariable('request', 'map')
    .registerVariable('response', 'map')

  const ofCosts = new Environment()
  for (const name of ['model', 'backend', 'route_name']) ofCosts.registerVariable(name, 'string')
  for (const name of tokenVariables) ofCosts.registerVariable(name, 'uint')
  const read = (value: unknown) =>
    typeof value === 'number'
      ? value
      : Number(value instanceof UnsignedInt ? value.valueOf() : value)
  // Standard CEL knows no sum of a count and a price.
  for (const [left, right] of mixtures) {
    for (const [sign, combine] of Object.entries(arithmetic)) {
      ofCosts.registerOperator(`${left} ${sign} ${right}: double`, (one, other) =>
        combine(read(one), read(other)),
      )
    }
  }
  const cost: Cel['cost'] = (expression) => {
    const checked = ofCosts.check(expression)
    if (!checked.valid) throw checked.error ?? new Error('it is not valid')
    if (!['int', 'uint', 'double', 'dyn'].includes(checked.type ?? '')) {
      throw new Error(`a cost is a number, and this is a ${checked.type}`)
    }
    const evaluate = ofCosts.parse(expression)
    return (variables) => {
      const counts = tokenVariables.map((name) => [name, new UnsignedInt(variables[name])])
      const result = read(evaluate({ ...variables, ...Object.fromEntries(counts) }))
      if (!Number.isFinite(result)) throw new Error('a cost is a number')
      return result
    }
  }
  return {
    match(expression) {
      const foreign = foreignMember.exec(expression)?.[0]
      if (foreign !== undefined) throw new Error(`${foreign} is not known here`)
      const checked = ofMatches.check(expression)
      if (!checked.valid) throw checked.error ?? new Error('it is not valid')
      const evaluate = ofMatches.parse(expression)
      return ({ headers, method, path, code }) =>
        evaluate({
          request: { headers: headers(), method, path: path() },
          response: { code: BigInt(code) },
        })
    },
    cost(expression) {
      const evaluate = cost(expression)
      if (evaluate(nothing) < 0) throw new Error('it is negative where nothing was used')
      return (variables) => Math.max(0, Math.floor(evaluate(variables)))
    },
  }
}

const mixtures = [
  ['uint', 'int'],
  ['int', 'uint'],
  ['uint', 'double'],
  ['double', 'uint'],
  ['int', 'double'],
  ['double', 'int'],
] as const

const arithmetic: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
}

const nothing: CostVariables = {
  ...{ model: '', backend: '', route_name: '' },
  ...{ input_tokens: 0, output_tokens: 0, total_tokens: 0 },
  ...{ cached_input_tokens: 0, cache_creation_input_tokens: 0, reasoning_tokens: 0 },
}
