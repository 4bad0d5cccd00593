/** Characters of text that are kept of one stream: a span is no place for a book. */
export const maxFoldedText = 1024 * 1024

export interface TextBudget {
  /** `text`, or as much of it as still fits. */
  take(text: string): string
  exceeded(): boolean
}

export function createTextBudget(limit = maxFoldedText): TextBudget {
  let left = limit
  let exceeded = false
  return {
    take(text) {
      if (text.length <= left) {
        left -= text.length
        return text
      }
      exceeded = true
      const kept = text.slice(0, left)
      left = 0
      return kept
    },
    exceeded: () => exceeded,
  }
}

/** Name of the event at a stream's first chunk, as OpenInference's instrumentations send it. */
export const firstTokenEvent = 'First Token Stream Event'
