// Substitution of environment variables in text: the forms of https://github.com/a8m/envsubst, except that
// defaults may hold references and braces. Values are never expanded again.

export type Environment = Readonly<Record<string, string | undefined>>

/** What stands for other text. Offsets are into the text that was searched. */
export type Reference = VariableReference | LiteralReference | BrokenReference

export interface VariableReference {
  readonly kind: 'variable'
  readonly start: number
  readonly end: number
  readonly name: string
  /** `''`: none, or one that is not known and has no effect. */
  readonly operator: '' | '-' | '=' | '+' | ':-' | ':=' | ':+'
  readonly argument: string
  /** Where the argument starts. */
  readonly argumentStart: number
}

/** `$$`, which is a dollar sign and begins no reference. */
export interface LiteralReference {
  readonly kind: 'literal'
  readonly start: number
  readonly end: number
  readonly text: string
}

/** `${` without its closing brace on the same line. */
export interface BrokenReference {
  readonly kind: 'broken'
  readonly start: number
  readonly end: number
  readonly message: string
}

/** What was found wrong while references were replaced. */
export interface SubstitutionProblem {
  readonly offset: number
  readonly kind: 'undefined' | 'broken'
  /** The variable, or `''`. */
  readonly name: string
  readonly message: string
}

export interface Substituted {
  readonly text: string
  /** In the order of their offsets; an undefined variable is named once. */
  readonly problems: readonly SubstitutionProblem[]
}

/** Longer than any default: the search for a brace must not go over a long line again and again. */
const maxReferenceLength = 8192

/** References inside defaults inside defaults …: nobody writes more, and recursion must end. */
const maxDepth = 16

const namePattern = /[\p{L}\p{Nd}_]+/uy
const operatorPattern = /:[-=+]|[-=+]/y
const escapedBracesPattern = /\{[^{}$\n]*\}/y

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0] ?? ''
}

/** The offset of the brace that closes, or -1 when the line ends before it or it is too far off. */
function findClosingBrace(text: string, from: number, counts: 'all braces' | 'references'): number {
  let depth = 0
  const end = Math.min(text.length, from + maxReferenceLength)
  for (let index = from; index < end; index++) {
    const char = text[index]
    if (char === '\n') return -1
    if (char === '{') {
      if (counts === 'all braces' || text[index - 1] === '$') depth++
    } else if (char === '}') {
      if (depth === 0) return index
      depth--
    }
  }
  return -1
}

function readBraced(text: string, start: number): Reference | undefined {
  const nameStart = start + 2
  const name = matchAt(namePattern, text, nameStart)
  const afterName = nameStart + name.length
  let close = findClosingBrace(text, afterName, 'all braces')
  // A default such as `{x` holds a brace that nothing closes.
  if (close === -1) close = findClosingBrace(text, afterName, 'references')
  if (close === -1) {
    return { kind: 'broken', start, end: nameStart, message: 'closing brace expected' }
  }
  if (name === '' || name === '_') return undefined
  const operator = matchAt(operatorPattern, text, afterName) as VariableReference['operator'] // What the pattern lists.
  const argumentStart = operator === '' ? close : afterName + operator.length
  const argument = text.slice(argumentStart, close)
  return { kind: 'variable', start, end: close + 1, name, operator, argument, argumentStart }
}

function readReference(text: string, start: number): Reference | undefined {
  const next = text[start + 1]
  if (next === '$') {
    // Taken together with its braces: `$${A}` then stays one token wherever braces have a meaning.
    const braces = matchAt(escapedBracesPattern, text, start + 2)
    return { kind: 'literal', start, end: start + 2 + braces.length, text: `$${braces}` }
  }
  if (next === '{') return readBraced(text, start)
  const name = matchAt(namePattern, text, start + 1)
  if (name === '' || name === '_') return undefined
  const end = start + 1 + name.length
  return { kind: 'variable', start, end, name, operator: '', argument: '', argumentStart: end }
}

/** Every reference in the text, in order; those inside another's default belong to it. */
export function findReferences(text: string): Reference[] {
  const references: Reference[] = []
  let index = text.indexOf('$')
  while (index !== -1) {
    const reference = readReference(text, index)
    if (reference !== undefined) references.push(reference)
    index = text.indexOf('$', reference?.end ?? index + 1)
  }
  return references
}

/** Own members only: a variable named `constructor` must not find the object's. */
function lookUp(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

/** What a reference stands for. `base` is added to the offsets of problems. */
export function resolveReference(
  reference: Reference,
  environment: Environment,
  report: (problem: SubstitutionProblem) => void,
  base = 0,
  depth = 0,
): string {
  if (reference.kind === 'literal') return reference.text
  if (reference.kind === 'broken') {
    const { start, message } = reference
    report({ offset: base + start, kind: 'broken', name: '', message })
    return '${'
  }
  const { name, operator, argument } = reference
  const value = lookUp(environment, name)
  if (operator === '') {
    if (value !== undefined) return value
    const message = `variable ${name} is not set and has no default`
    report({ offset: base + reference.start, kind: 'undefined', name, message })
    return ''
  }
  const wantsArgument =
    operator === '+' || operator === ':+'
      ? value !== undefined
      : value === undefined || (operator.startsWith(':') && value === '')
  if (!wantsArgument) return operator.endsWith('+') ? '' : (value ?? '')
  const argumentBase = base + reference.argumentStart
  if (depth === maxDepth) {
    const message = `defaults are nested more than ${maxDepth} deep`
    report({ offset: argumentBase, kind: 'broken', name: '', message })
    return ''
  }
  return replaceAll(argument, environment, report, argumentBase, depth + 1)
}

function replaceAll(
  text: string,
  environment: Environment,
  report: (problem: SubstitutionProblem) => void,
  base: number,
  depth: number,
): string {
  let result = ''
  let done = 0
  for (const reference of findReferences(text)) {
    result += text.slice(done, reference.start)
    result += resolveReference(reference, environment, report, base, depth)
    done = reference.end
  }
  return result + text.slice(done)
}

/** The names of the variables that a reference looks at, its default's included. */
export function referencedNames(reference: Reference): string[] {
  if (reference.kind !== 'variable') return []
  return [reference.name, ...findReferences(reference.argument).flatMap(referencedNames)]
}

/** Replaces every reference in plain text. What cannot be replaced stays as it was written. */
export function substituteText(text: string, environment: Environment): Substituted {
  const problems: SubstitutionProblem[] = []
  const named = new Set<string>()
  const report = (problem: SubstitutionProblem) => {
    if (problem.kind === 'undefined') {
      if (named.has(problem.name)) return
      named.add(problem.name)
    }
    problems.push(problem)
  }
  return { text: replaceAll(text, environment, report, 0, 0), problems }
}
