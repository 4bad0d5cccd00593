// Plain objects as protobuf messages, told by tables of their fields.
// https://protobuf.dev/programming-guides/encoding/

/** What a field holds, as the object has it. A list in the object is a repeated field. */
export type FieldType =
  | 'string'
  | 'bool'
  /** A whole number. */
  | 'varint'
  | 'double'
  | 'fixed32'
  /** Decimal digits. */
  | 'fixed64'
  /** Lower-case hex digits for bytes. */
  | 'hex'
  | Message

/** By the name of the member. A function, for messages that hold others of their kind. */
export type Message = () => Readonly<Record<string, readonly [number: number, type: FieldType]>>

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** Members that the table does not name, and those that are undefined, are left out. */
export function encodeMessage(value: object, message: Message): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  writeMessage(bytes, value, message)
  return Uint8Array.from(bytes)
}

function writeMessage(bytes: number[], value: object, message: Message): void {
  const fields = message()
  for (const [name, member] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined || member === undefined) continue
    const [number, type] = field
    for (const item of Array.isArray(member) ? member : [member]) {
      writeField(bytes, number, type, item)
    }
  }
}

function writeField(bytes: number[], number: number, type: FieldType, value: unknown): void {
  switch (type) {
    case 'bool':
      writeTag(bytes, number, VARINT)
      bytes.push(value === true ? 1 : 0)
      return
    case 'varint':
      writeTag(bytes, number, VARINT)
      writeVarint(bytes, BigInt.asUintN(64, BigInt(Number(value))))
      return
    case 'double':
      writeTag(bytes, number, FIXED64)
      writeView(bytes, 8, (view) => view.setFloat64(0, Number(value), true))
      return
    case 'fixed32':
      writeTag(bytes, number, FIXED32)
      writeView(bytes, 4, (view) => view.setUint32(0, Number(value), true))
      return
    case 'fixed64':
      writeTag(bytes, number, FIXED64)
      writeView(bytes, 8, (view) => view.setBigUint64(0, BigInt(String(value)), true))
      return
    case 'string':
      writeBytes(bytes, number, encoder.encode(String(value)))
      return
    case 'hex':
      writeBytes(bytes, number, decodeHex(String(value)))
      return
    default: {
      const inner: number[] = []
      if (typeof value === 'object' && value !== null) writeMessage(inner, value, type)
      writeBytes(bytes, number, inner)
    }
  }
}

const encoder = new TextEncoder()

const writeTag = (bytes: number[], number: number, type: number) =>
  writeVarint(bytes, BigInt((number << 3) | type))

function writeVarint(bytes: number[], value: bigint): void {
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
}

function writeView(bytes: number[], length: number, write: (view: DataView) => void): void {
  const view = new DataView(new ArrayBuffer(length))
  write(view)
  for (let at = 0; at < length; at++) bytes.push(view.getUint8(at))
}

function writeBytes(bytes: number[], number: number, content: ArrayLike<number>): void {
  writeTag(bytes, number, DELIMITED)
  writeVarint(bytes, BigInt(content.length))
  // Not by spread: arguments are limited in number.
  for (let at = 0; at < content.length; at++) bytes.push(content[at] ?? 0)
}

const decodeHex = (text: string): number[] =>
  (text.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16))
