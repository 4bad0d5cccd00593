// Golden cases: a folder each, `test/golden/<endpoint>/<schema>-<case>/`. All files but the first are optional:
//
//   request.json   the client's body, byte for byte; or
//   request.url    the client's URL, where an endpoint reads it
//   request.form   a form with the boundary AaB: its line breaks stand for CRLF
//   target.json    {model, prefix, version, vars}: what the backend adds; `model` is an override
//   upstream.json  {path, headers, body, more} as the provider must get them; `body` and the bodies in `more` as they are
//                  spelt, no `body`: the bytes as they came
//   upstream.form  the body as the provider must get it, where it is a form
//   refusal.json   {kind, message}: the request cannot be translated
//   head.json      {status, headers} of the answer; `more`: the headers of those that `more` of upstream.json asked for
//   answer.json    the provider's body (or answer.txt), byte for byte
//   answer.sse     the provider's stream, byte for byte
//   answer.events  an AWS event stream, a line each: the payload with its headers (`:event-type`, …) as members;
//                  `:payload` stands for one that is not JSON, `:chunk` for the event of another protocol inside
//   reply.json     what the client gets, byte for byte; without it, the answer's own bytes
//   reply.sse      the same for a stream
//   told.json      {usage, model, failure, held} as the gateway learns them; `held`: the failure came before any content;
//                  `breaks`: what the stream of chat breaks of its grammar because Envoy AI Gateway does
//
// `reply.json` and `reply.sse` may end in one line break more than the answer.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBase64 } from '../../src/base64-bytes.ts'
import { type SchemaName, schemaNames } from '../../src/config/api-schema.ts'
import { encodeAwsFrame } from '../../src/streams/aws-event-stream.ts'
import { joinBytes } from './rechunk.ts'

const goldenRoot = join(import.meta.dirname, '..', 'golden')

export interface GoldenTarget {
  readonly model?: string
  readonly prefix?: string
  readonly version?: string
  readonly vars?: Readonly<Record<string, string>>
}

export interface GoldenTold {
  readonly usage?: unknown
  readonly model?: string
  readonly failure?: object
  readonly held?: boolean
  readonly breaks?: readonly string[]
}

export interface GoldenCase {
  readonly name: string
  readonly schema: SchemaName
  readonly folder: string
  /** The text of one of its files. */
  read(file: string): string | undefined
}

export function listGoldenCases(endpoint: string): GoldenCase[] {
  const root = join(goldenRoot, endpoint)
  return readdirSync(root)
    .sort()
    .map((name) => {
      const folder = join(root, name)
      return {
        name,
        schema: schemaOf(name),
        folder,
        read: (file) => {
          const path = join(folder, file)
          return existsSync(path) ? readFileSync(path, 'utf8') : undefined
        },
      }
    })
}

/** `AWSBedrock` is `aws-bedrock` in a folder's name. */
function schemaFolder(schema: SchemaName): string {
  return schema
    .replace('OpenAI', 'Openai')
    .replace(/([a-z]|[A-Z]+)(?=[A-Z][a-z])/g, '$1-')
    .toLowerCase()
}

function schemaOf(name: string): SchemaName {
  const found = schemaNames
    .filter((schema) => name.startsWith(`${schemaFolder(schema)}-`))
    .sort((a, b) => b.length - a.length)[0]
  if (found === undefined) throw new Error(`${name} does not begin with a schema`)
  return found
}

/** Members that are no headers of a frame, though they look like them. */
const contents = new Set([':payload', ':chunk'])

/** The bytes of an `answer.events` file. */
export function encodeEvents(text: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const frames = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const members = Object.entries(JSON.parse(line) as Record<string, unknown>)
      const payload = members.find(([name]) => name === ':payload')?.[1]
      const headers = members.filter(([name]) => name.startsWith(':') && !contents.has(name))
      const rest = members.filter(([name]) => !name.startsWith(':'))
      const chunk = members.find(([name]) => name === ':chunk')?.[1]
      if (chunk !== undefined)
        rest.unshift(['bytes', encodeBase64(encoder.encode(JSON.stringify(chunk)))])
      const data = typeof payload === 'string' ? payload : JSON.stringify(Object.fromEntries(rest))
      return encodeAwsFrame(
        Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
        encoder.encode(data),
      )
    })
  return joinBytes(frames)
}

/** The bytes of a `.form` file. */
export function encodeForm(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text.replaceAll('\n', '\r\n'))
}

/** The files end in a line break, which is not the answer's. */
export function withoutLastBreak(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}
