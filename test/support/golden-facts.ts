// A golden case as data: what the client asks, what the provider says, what came of it.
import { isRecord } from '../../src/json/is-record.ts'
import type { GoldenCase, GoldenTold } from './golden.ts'

export type Json = Readonly<Record<string, unknown>>

export interface GoldenFacts {
  readonly name: string
  readonly schema: GoldenCase['schema']
  /** The client's JSON; `{}` for a form or a request without a body. */
  readonly request: Json
  /** The fields of a form, by name: `file` for one with a file's name, else its text. */
  readonly form: ReadonlyMap<string, string>
  readonly url: string
  /** Whether the case says what the provider must get, or that the request is refused. */
  readonly outcome: 'sent' | 'refused' | 'unsaid'
  readonly status: number
  /** A whole answer of the provider as text; undefined where there is none. */
  readonly answer: string | undefined
  /** The same as JSON. */
  readonly json: unknown
  /** The events of a stream; `undefined` for data that is not JSON. Absent: no stream. */
  readonly events: readonly unknown[] | undefined
  /** What the client gets of a whole answer. */
  readonly reply: unknown
  /** What the client gets of a stream. */
  readonly chunks: readonly unknown[]
  readonly told: GoldenTold
}

export function readFacts(golden: GoldenCase): GoldenFacts {
  const refused = golden.read('refusal.json') !== undefined
  const answer = golden.read('answer.json') ?? golden.read('answer.txt')
  const sse = golden.read('answer.sse')
  const aws = golden.read('answer.events')
  const head = parse(golden.read('head.json') ?? '{}')
  const form = golden.read('request.form')
  return {
    name: golden.name,
    schema: golden.schema,
    request: asRecord(parse(golden.read('request.json') ?? '{}')),
    form: form === undefined ? new Map() : readForm(form),
    url: golden.read('request.url') ?? '',
    outcome: refused ? 'refused' : golden.read('upstream.json') === undefined ? 'unsaid' : 'sent',
    status: isRecord(head) && typeof head.status === 'number' ? head.status : 200,
    answer: answer?.trimEnd(),
    json: answer === undefined ? undefined : parse(answer),
    events: sse === undefined ? readLines(aws) : readEvents(sse),
    reply: parse(golden.read('reply.json') ?? answer ?? ''),
    chunks: readEvents(golden.read('reply.sse') ?? sse ?? ''),
    told: asRecord(parse(golden.read('told.json') ?? '{}')),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function asRecord(value: unknown): Json {
  return isRecord(value) ? value : {}
}

/** Of an AWS event stream: what is inside a frame, where another protocol is. */
function readLines(text: string | undefined): readonly unknown[] | undefined {
  return text
    ?.split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const frame = asRecord(parse(line))
      if (typeof frame[':payload'] !== 'string') return frame[':chunk'] ?? frame
      const payload = parse(frame[':payload'])
      const { bytes } = asRecord(payload)
      return typeof bytes === 'string' ? parse(atob(bytes)) : payload
    })
}

/** Events of SSE, however their lines end, or bare JSON in their place. */
function readEvents(text: string): readonly unknown[] {
  return text
    .replaceAll(/\r\n|\r/g, '\n')
    .split('\n\n')
    .map((event) =>
      event
        .split('\n')
        .filter((line) => line !== '' && !/^(?:event|id|retry)?:/.test(line))
        .map((line) => line.replace(/^data: ?/, ''))
        .join('\n'),
    )
    .filter((data) => data !== '' && data !== '[DONE]')
    .map(parse)
}

function readForm(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('--AaB\n').flatMap((part) => {
      const [, name] = /\bname="([^"]*)"/.exec(part) ?? []
      if (name === undefined) return []
      const [, content = ''] = part.split('\n\n')
      return [[name, part.includes('filename=') ? 'file' : content.trim()] as const]
    }),
  )
}
