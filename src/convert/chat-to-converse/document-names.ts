// Names of documents: Converse wants one for each, unique in the request, of a small alphabet.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html

const maxLength = 200

export interface DocumentNames {
  /** A name after the file's own, or `document-<n>`. */
  next(filename: string): string
}

/** Names for the documents of one request. */
export function createDocumentNames(): DocumentNames {
  const taken = new Set<string>()
  let count = 0
  return {
    next(filename) {
      count++
      const base = reduce(filename) || `document-${count}`
      let name = base
      for (let copy = 2; taken.has(name); copy++) {
        const suffix = ` (${copy})`
        name = base.slice(0, maxLength - suffix.length) + suffix
      }
      taken.add(name)
      return name
    },
  }
}

function reduce(filename: string): string {
  return filename
    .slice(0, 1024)
    .replace(/\.[^./]*$/, '')
    .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
    .trim()
    .slice(0, maxLength)
    .trimEnd()
}
