// The nearest of some names, for "did you mean".

/** Edits (insert, delete, replace, swap of neighbours) between two short texts, letter case aside. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped && row > 1 && column > 1) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] ?? 0
}

/** The candidate that a slip of the fingers could have turned into `name`. */
export function findNearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 64) return undefined
  const wanted = name.toLowerCase()
  const allowed = Math.max(1, Math.floor(wanted.length / 3))
  let nearest: string | undefined
  let least = allowed + 1
  for (const candidate of candidates) {
    const other = candidate.toLowerCase()
    const distance = Math.min(
      distanceWithin(allowed, wanted, other),
      // `match` for `matches`: an ending is one slip, and comes after a letter.
      differsInEnding(wanted, other) ? 1.5 : Number.POSITIVE_INFINITY,
    )
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

function distanceWithin(allowed: number, from: string, to: string): number {
  return Math.abs(from.length - to.length) > allowed ? allowed + 1 : editDistance(from, to)
}

const longestEnding = 3

function differsInEnding(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return (
    short.length > longestEnding &&
    long.length - short.length <= longestEnding &&
    long.startsWith(short)
  )
}

/** As `suggestNearest`, for words that people shorten: `Bedrock` for `AWSBedrock`. */
export function suggestValue(
  name: string,
  candidates: readonly string[],
): { readonly hint: string } | undefined {
  const nearest = suggestNearest(name, candidates)
  const short = name.toLowerCase()
  if (nearest !== undefined || short.length < 3) return nearest
  const longer = candidates.filter((candidate) => candidate.toLowerCase().includes(short))
  return longer.length === 0 ? undefined : { hint: `did you mean ${longer.join(' or ')}?` }
}

/** A hint for a diagnostic, or nothing. */
export function suggestNearest(
  name: string,
  candidates: Iterable<string>,
): { readonly hint: string } | undefined {
  const nearest = findNearest(name, candidates)
  return nearest === undefined ? undefined : { hint: `did you mean ${nearest}?` }
}
