// Where text stops being JSON and what should stand there (RFC 8259). Runs only after JSON.parse has
// refused a text; a stack of its own in place of recursion, so that no depth is too deep.

export interface SyntaxProblem {
  /** Offset in UTF-16 units; the length if the text ends too early. */
  readonly position: number
  /** For a message: `expected …`. */
  readonly expected: string
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literalPattern = /true|false|null/y
const wordPattern = /[\w.+-]/
const spacePattern = /[ \t\n\r]*/y

/** The first problem of a text that is not JSON. */
export function locateSyntaxError(text: string): SyntaxProblem {
  const closers: string[] = []
  let at = 0
  let wants: 'value' | 'value or ]' | 'key' | 'key or }' | 'more' = 'value'
  const fail = (expected: string, position = at): SyntaxProblem => ({ position, expected })

  for (;;) {
    at = skip(spacePattern, text, at)
    const char = text[at]
    if (wants === 'more') {
      const closer = closers.at(-1)
      if (closer === undefined) return fail('the end of the text')
      if (char === closer) closers.pop()
      else if (char === ',') wants = closer === '}' ? 'key' : 'value'
      else return fail(`',' or '${closer}'`)
      at++
      continue
    }
    if ((wants === 'key or }' && char === '}') || (wants === 'value or ]' && char === ']')) {
      closers.pop()
      wants = 'more'
      at++
      continue
    }
    if (wants === 'key' || wants === 'key or }') {
      if (char !== '"') return fail(wants === 'key' ? 'a key in double quotes' : "a key or '}'")
      const end = readString(text, at)
      if (typeof end !== 'number') return end
      at = skip(spacePattern, text, end)
      if (text[at] !== ':') return fail("':'")
      at++
      wants = 'value'
      continue
    }
    if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']')
      wants = char === '{' ? 'key or }' : 'value or ]'
      at++
      continue
    }
    const end = char === '"' ? readString(text, at) : readScalar(text, at)
    if (typeof end !== 'number') return end
    at = end
    wants = 'more'
  }
}

function readScalar(text: string, at: number): number | SyntaxProblem {
  let end = skip(literalPattern, text, at)
  if (end === at) end = skip(numberPattern, text, at)
  // What a word begins with may be right: `01`, `1.`, `nullx`.
  const wrong = end === at || wordPattern.test(text[end] ?? '')
  return wrong ? { position: at, expected: 'a value' } : end
}

/** The offset behind the string, or what is wrong inside it. */
function readString(text: string, at: number): number | SyntaxProblem {
  for (let index = at + 1; index < text.length; index++) {
    const char = text[index]
    if (char === '"') return index + 1
    if (text.charCodeAt(index) < 0x20) {
      return { position: index, expected: 'no bare control character in a string' }
    }
    if (char === '\\') {
      const end = skip(/(?:["\\/bfnrt]|u[\da-fA-F]{4})/y, text, index + 1)
      if (end === index + 1) return { position: index, expected: 'a JSON escape' }
      index = end - 1
    }
  }
  return { position: text.length, expected: 'a closing double quote' }
}

/** The offset behind what the sticky pattern matches at `at`; `at` if it does not. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
