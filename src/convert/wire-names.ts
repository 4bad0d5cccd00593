// Tool names and call ids: Converse takes `[a-zA-Z0-9_-]{1,64}` only, OpenAI-compatible clients send
// dots, slashes and longer ones. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html

const allowed = /^[A-Za-z0-9_-]{1,64}$/

/** A mapping that can be undone, and that is the same in each request: caches depend on that. */
export interface WireNames {
  toWire(name: string): string
  /** What the client calls it; names that were never mapped come back unchanged. */
  toClient(wireName: string): string
}

export function createWireNames(): WireNames {
  const wireOf = new Map<string, string>()
  const clientOf = new Map<string, string>()
  return {
    toWire(name) {
      const known = wireOf.get(name)
      if (known !== undefined) return known
      let wireName = allowed.test(name) ? name : mangle(name, name)
      // Only a client that aims for it gets a collision.
      for (let salt = 1; clientOf.has(wireName); salt++) wireName = mangle(name, `${name}#${salt}`)
      wireOf.set(name, wireName)
      clientOf.set(wireName, name)
      return wireName
    },
    toClient(wireName) {
      return clientOf.get(wireName) ?? wireName
    },
  }
}

/** The readable part of the name, and a hash of `seed` that keeps two such names apart. */
function mangle(name: string, seed: string): string {
  return `${name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 55)}_${hash(seed)}`
}

/** FNV-1a, 32 bits, over UTF-16 units: https://datatracker.ietf.org/doc/html/rfc9923 */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return (value >>> 0).toString(16).padStart(8, '0')
}
