// Conditions of access lines: CEL over headers, method and path of a request, and `response.code`. The two that every generated
// configuration has are understood without the library.
import type { Match, MatchView } from './access-log.ts'

/** Compiles other expressions; throws an `Error` that says what is wrong. */
export type CompileCel = (expression: string) => (view: MatchView) => unknown

const headerIsThere = /^\s*request\.headers\[(['"])([^'"\\]+)\1\]\s*!=\s*(?:''|"")\s*$/

/** Expressions that need the library. */
export const needsCel = (expression: string) => !headerIsThere.test(expression)

/** By the expression. Throws an `Error` that names the one at fault. */
export function compileMatches(
  expressions: readonly string[],
  compileCel: CompileCel | undefined,
): ReadonlyMap<string, Match> {
  return new Map(expressions.map((expression) => [expression, compile(expression, compileCel)]))
}

function compile(expression: string, compileCel: CompileCel | undefined): Match {
  const [, , header] = headerIsThere.exec(expression) ?? []
  if (header !== undefined) {
    const name = header.toLowerCase()
    return ({ header: read }) => (read(name) ?? '') !== ''
  }
  let evaluate: ReturnType<CompileCel> | undefined
  try {
    evaluate = compileCel?.(expression)
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new Error(`access log: cannot use the match ${JSON.stringify(expression)}: ${reason}`)
  }
  if (evaluate === undefined) {
    throw new Error(`access log: no library for the match ${JSON.stringify(expression)}`)
  }
  const run = evaluate
  return (view) => {
    try {
      return run(view) === true
    } catch {
      // A header that is not there is an error in CEL, and an error is no match.
      return false
    }
  }
}
