// Formats of access lines: text with operators in it, as a whole or as the members of a JSON object.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#format-dictionaries
import { isOperator, operatorPattern } from '../../config/access-log-operators.ts'
import type { Exchange } from '../../exchange.ts'
import { createOperator, type Operator, type OperatorOptions } from './operators.ts'

/** Values by name, in the order of their names; null where there is none. */
export type LineFields = Readonly<Record<string, string | number | null>>

type Pieces = readonly (string | Operator)[]

function parseTemplate(text: string, options: OperatorOptions): Pieces {
  const pieces: (string | Operator)[] = []
  let at = 0
  for (const match of text.matchAll(operatorPattern)) {
    const [whole, name, argument = '', limit] = match
    if (match.index > at) pieces.push(text.slice(at, match.index))
    at = match.index + whole.length
    if (name === undefined) {
      pieces.push('%')
      continue
    }
    const operator = isOperator(name) ? createOperator(name, argument, options) : () => undefined
    pieces.push(cutTo(limit, operator))
  }
  if (at < text.length) pieces.push(text.slice(at))
  return pieces
}

function cutTo(limit: string | undefined, operator: Operator): Operator {
  if (limit === undefined) return operator
  return (exchange) => {
    const value = operator(exchange)
    return typeof value === 'string' ? value.slice(0, Number(limit)) : value
  }
}

/** Missing values inside of a text are dashes. */
const fill = (pieces: Pieces, exchange: Exchange) =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : (piece(exchange) ?? '-'))).join('')

/** A line, its end included as the format has it. */
export function compileText(
  text: string,
  options: OperatorOptions,
): (exchange: Exchange) => string {
  const pieces = parseTemplate(text, options)
  return (exchange) => fill(pieces, exchange)
}

/** A line with its end. `ascii`: it is known to have nothing else, and can be copied as it stands. */
export interface Line {
  readonly text: string
  readonly charset: 'ascii' | 'unicode'
}

export interface JsonFormat {
  /** An object on one line. */
  line(exchange: Exchange): Line
  fields(exchange: Exchange): LineFields
}

/** A member that is one operator has that operator's type. */
export function compileJson(
  format: Readonly<Record<string, string>>,
  options: OperatorOptions,
): JsonFormat {
  const members = Object.entries(format)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, text], index) => {
      const pieces = parseTemplate(text, options)
      const [only, ...others] = pieces
      const read =
        typeof only === 'function' && others.length === 0
          ? (exchange: Exchange) => only(exchange) ?? null
          : (exchange: Exchange) => fill(pieces, exchange)
      return createMember(name, read, `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    })
  if (members.length === 0) {
    return { line: () => ({ text: '{}\n', charset: 'ascii' }), fields: () => ({}) }
  }
  return {
    // Member by member: an object that is only made to be stringified costs seven times as much, with each request.
    line(exchange) {
      let text = ''
      let isAscii = true
      for (const member of members) {
        update(member, exchange)
        text += member.text
        isAscii &&= member.isAscii
      }
      return { text: `${text}}\n`, charset: isAscii ? 'ascii' : 'unicode' }
    },
    fields: (exchange) =>
      Object.fromEntries(members.map(({ name, read }) => [name, read(exchange)])),
  }
}

interface Member {
  readonly name: string
  readonly read: (exchange: Exchange) => string | number | null
  readonly head: string
  readonly hasPlainName: boolean
  /** What it was the last time, and how that is written: most members are the same in line after line. */
  value: string | number | null
  text: string
  isAscii: boolean
}

function createMember(name: string, read: Member['read'], head: string): Member {
  const hasPlainName = isPlain.test(name)
  return { name, read, head, hasPlainName, value: null, text: `${head}null`, isAscii: hasPlainName }
}

/** Of ASCII, what stands in JSON as it is. */
const isPlain = /^[ !#-[\]-~]*$/

function update(member: Member, exchange: Exchange): void {
  const value = member.read(exchange)
  if (value === member.value) return
  member.value = value
  const plain = typeof value !== 'string' || isPlain.test(value)
  member.isAscii = plain && member.hasPlainName
  member.text = member.head + writeValue(value, plain)
}

/** `JSON.stringify`, without its way around to say the simple. */
function writeValue(value: string | number | null, plain: boolean): string {
  if (typeof value === 'string') return plain ? `"${value}"` : JSON.stringify(value)
  return value !== null && Number.isFinite(value) ? String(value) : 'null'
}
