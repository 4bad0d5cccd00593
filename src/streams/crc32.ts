// CRC-32 as in gzip (reflected, polynomial 0xEDB88320): https://www.rfc-editor.org/rfc/rfc1952#section-8
// Four bytes a step ("slicing by 4"), since every byte of a Bedrock stream passes through here.

const tables = createTables()

function createTables(): Int32Array {
  const all = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    all[byte] = crc
  }
  for (let index = 256; index < all.length; index++) {
    const before = at(all, index - 256)
    all[index] = (before >>> 8) ^ at(all, before & 0xff)
  }
  return all
}

/** The index is in range by construction. */
function at(table: Int32Array, index: number): number {
  return table[index] as number
}

/** The CRC of `bytes[from, to)`; `earlier` is the CRC of what stands before, to go on from there. */
export function crc32(bytes: Uint8Array, from: number, to: number, earlier = 0): number {
  let crc = ~earlier
  let index = from
  for (; index + 4 <= to; index += 4) {
    crc ^=
      byteAt(bytes, index) |
      (byteAt(bytes, index + 1) << 8) |
      (byteAt(bytes, index + 2) << 16) |
      (byteAt(bytes, index + 3) << 24)
    crc =
      at(tables, 768 + (crc & 0xff)) ^
      at(tables, 512 + ((crc >>> 8) & 0xff)) ^
      at(tables, 256 + ((crc >>> 16) & 0xff)) ^
      at(tables, crc >>> 24)
  }
  for (; index < to; index++) {
    crc = (crc >>> 8) ^ at(tables, (crc ^ byteAt(bytes, index)) & 0xff)
  }
  return ~crc >>> 0
}

/** Callers stay inside the array. */
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number
}
