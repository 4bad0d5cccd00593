// One pattern out of several markers: a text is looked through once, not once for each of them.

const patterns = new WeakMap<readonly string[], RegExp>()

/** Matches where any of the literal markers stands. Made once for each array. */
export function markerPattern(markers: readonly string[]): RegExp {
  let pattern = patterns.get(markers)
  if (pattern === undefined) {
    const literals = markers.map((marker) => marker.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    pattern = new RegExp(literals.join('|'))
    patterns.set(markers, pattern)
  }
  return pattern
}
