// A hash of 128 bits for ids that look random and are not: the same request gets the same answer. Not for secrets.

/** 32 hexadecimal digits. */
export function hashHex(text: string): string {
  let a = 0x6a09e667
  let b = 0xbb67ae85
  let c = 0x3c6ef372
  let d = 0xa54ff53a
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    a = b ^ Math.imul(a ^ unit, 0x239b961b)
    b = c ^ Math.imul(b ^ unit, 0xab0e9789)
    c = d ^ Math.imul(c ^ unit, 0x38b34ae5)
    d = a ^ Math.imul(d ^ unit, 0xa1e38b93)
  }
  a = mix(a ^ d)
  b = mix(b ^ a)
  c = mix(c ^ b)
  d = mix(d ^ c)
  return [a ^ c, b ^ d, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** The seed in the shape of a UUID of version 4. */
export function toUuid(seed: string): string {
  const at = (from: number, to: number) => seed.slice(from, to)
  return `${at(0, 8)}-${at(8, 12)}-4${at(13, 16)}-a${at(17, 20)}-${at(20, 32)}`
}

/** Spreads every bit of a 32-bit word over all of it. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
