// The text of an answer that was made to a form of Gemini's: a text that matches a pattern comes as a JSON string,
// a word out of a list may have whitespace around it.
import type { AnswerForm } from './structured-output.ts'

/** Takes the text piece by piece, and hands out what is sure by then. */
export interface AnswerText {
  push(text: string): string
  /** What was held back. */
  end(): string
}

export function createAnswerText(form: AnswerForm): AnswerText {
  switch (form) {
    case 'plain':
      return { push: (text) => text, end: () => '' }
    case 'word':
      return createTrimmer()
    case 'json-string':
      return createUnquoter()
  }
}

function createTrimmer(): AnswerText {
  let begun = false
  let space = ''
  return {
    push(text) {
      const rest = begun ? text : text.trimStart()
      begun ||= rest !== ''
      const solid = rest.trimEnd()
      if (solid === '') {
        space += rest
        return ''
      }
      const ready = space + solid
      space = rest.slice(solid.length)
      return ready
    },
    end: () => '',
  }
}

/**
 * Takes off the first quote and the last one, and resolves escapes. Text that does not begin with a quote is left as
 * it is.
 */
function createUnquoter(): AnswerText {
  let state: 'start' | 'inside' | 'as-is' = 'start'
  /** An escape that is not complete, or a quote that may be the last. */
  let held = ''
  const resolve = (text: string): string => {
    let ready = ''
    let at = 0
    while (at < text.length) {
      const char = text[at] ?? ''
      const rest = text.length - at
      if (char === '"') {
        // Whitespace may follow the last quote, and nothing else.
        if (text.slice(at + 1).trim() === '') break
        ready += char
        at++
      } else if (char === '\\') {
        const length = text[at + 1] === 'u' ? 6 : 2
        if (rest < length) break
        ready += readEscape(text.slice(at, at + length))
        at += length
      } else {
        ready += char
        at++
      }
    }
    held = text.slice(at)
    return ready
  }
  return {
    push(text) {
      if (state === 'as-is' || text === '') return text
      if (state === 'inside') return resolve(held + text)
      const all = held + text
      const begun = all.trimStart()
      if (begun === '') {
        held = all
        return ''
      }
      held = ''
      state = begun.startsWith('"') ? 'inside' : 'as-is'
      return state === 'inside' ? resolve(begun.slice(1)) : all
    },
    end() {
      const rest = held
      held = ''
      return rest.startsWith('"') ? '' : rest
    },
  }
}

function readEscape(written: string): string {
  try {
    const value: unknown = JSON.parse(`"${written}"`)
    return String(value)
  } catch {
    return written
  }
}
