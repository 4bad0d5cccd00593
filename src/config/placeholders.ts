// Placeholders: references in a document's text give way to private-use characters of the same length while
// its YAML is parsed, so that no value can change its structure and every column stays right.
import {
  type Environment,
  findReferences,
  type Reference,
  resolveReference,
  type SubstitutionProblem,
} from './envsubst.ts'

export interface MaskedText {
  /** As long as the original, line for line. */
  readonly text: string
  /** Whether the parsed text holds a placeholder. */
  has(text: string): boolean
  /** The references in a scalar's parsed text, with what stands between them. */
  split(text: string): readonly (string | Reference)[]
  /** The original text, for messages. */
  restore(text: string): string
}

export interface Resolved {
  readonly text: string
  /** Every reference that was replaced. */
  readonly references: readonly Reference[]
  /** The text is one reference and nothing else. */
  readonly whole: boolean
}

/** Planes 15 and 16: each character is two code units, as long as the shortest reference. */
const firstPlaceholder = 0xf0000
const lastPlaceholder = 0x10fffd
/** Fills a placeholder up to its reference's length. */
const filler = '\ue000'
const placeholderPattern = /[\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}]\ue000*/gu

function isPlaceholderCode(code: number): boolean {
  return code <= 0xffffd || code >= 0x100000
}

/** Hands out characters that the text does not hold itself. */
function placeholderCharacters(text: string): () => string | undefined {
  const taken = new Set<number>()
  for (const [match] of text.matchAll(placeholderPattern)) taken.add(match.codePointAt(0) ?? 0)
  let code = firstPlaceholder
  return () => {
    while (taken.has(code) || !isPlaceholderCode(code)) code++
    return code <= lastPlaceholder ? String.fromCodePoint(code++) : undefined
  }
}

/** Replaces the references of a document's text by placeholders. */
export function maskReferences(text: string): MaskedText {
  const byCharacter = new Map<string, Reference>()
  const nextCharacter = placeholderCharacters(text)
  let masked = ''
  let done = 0
  for (const reference of findReferences(text)) {
    const character = nextCharacter()
    if (character === undefined) break
    byCharacter.set(character, reference)
    masked += text.slice(done, reference.start) + character
    masked += filler.repeat(reference.end - reference.start - character.length)
    done = reference.end
  }
  masked += text.slice(done)

  const split = (parsed: string) => {
    const parts: (string | Reference)[] = []
    let end = 0
    for (const match of parsed.matchAll(placeholderPattern)) {
      const reference = byCharacter.get(String.fromCodePoint(match[0].codePointAt(0) ?? 0))
      if (reference === undefined) continue
      if (match.index > end) parts.push(parsed.slice(end, match.index))
      parts.push(reference)
      // By the reference's own length: a filler character after it may be the file's own.
      end = match.index + reference.end - reference.start
    }
    if (end < parsed.length) parts.push(parsed.slice(end))
    return parts
  }
  return {
    text: masked,
    has: (parsed) => byCharacter.size > 0 && parsed.search(placeholderPattern) !== -1,
    split,
    restore: (parsed) =>
      split(parsed)
        .map((part) => (typeof part === 'string' ? part : text.slice(part.start, part.end)))
        .join(''),
  }
}

/** Puts values where a scalar's text has placeholders. */
export function resolvePlaceholders(
  parts: readonly (string | Reference)[],
  environment: Environment,
  report: (problem: SubstitutionProblem) => void,
): Resolved {
  const references = parts.filter((part) => typeof part !== 'string')
  const text = parts
    .map((part) => (typeof part === 'string' ? part : resolveReference(part, environment, report)))
    .join('')
  return { text, references, whole: parts.length === 1 && references.length === 1 }
}
