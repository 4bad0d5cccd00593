// RE2 patterns that must match a whole value, in linear time (https://github.com/google/re2/wiki/Syntax).
import { RE2JS } from 're2js'

/** Patterns that need no engine: any text, any but none, a literal beginning. */
function fastPath(pattern: string): ((value: string) => boolean) | undefined {
  if (pattern === '.*') return (value) => !value.includes('\n')
  if (pattern === '.+') return (value) => value !== '' && !value.includes('\n')
  const body = pattern.endsWith('.*') ? pattern.slice(0, -2) : pattern
  // Letters, digits and what has no meaning in a pattern.
  if (!/^[\w\-/: @%,=]*$/.test(body)) return undefined
  if (body === pattern) return (value) => value === pattern
  return (value) => value.startsWith(body) && !value.includes('\n', body.length)
}

/** Throws what re2js throws where the pattern is not RE2; configurations are checked before. */
export function compileFullMatch(pattern: string): (value: string) => boolean {
  const fast = fastPath(pattern)
  if (fast) return fast
  const compiled = RE2JS.compile(pattern)
  return (value) => compiled.matches(value)
}
