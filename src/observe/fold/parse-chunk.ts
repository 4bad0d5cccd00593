/** The value of an event's data; undefined where it is not JSON. */
export function parseChunk(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
