// Every golden case of every endpoint: see test/support/golden.ts for what the files mean.
import { describe, expect, it } from 'vitest'
import { createCancellation } from '../../../src/cancellation.ts'
import type { Call, Endpoint } from '../../../src/endpoints/endpoint.ts'
import { endpoints } from '../../../src/endpoints/index.ts'
import { createRawBody } from '../../../src/endpoints/raw-body.ts'
import { GatewayError } from '../../../src/errors.ts'
import { readElements, readMember } from '../../../src/json/read-raw.ts'
import { createBodyHost } from '../../../src/streams/body-host.ts'
import type { StreamFailure } from '../../../src/streams/stream-translator.ts'
import { translators } from '../../../src/translate/index.ts'
import type {
  Reply,
  ReplyHead,
  Target,
  Translation,
  Translator,
} from '../../../src/translate/translator.ts'
import { mergeUsage, type Usage } from '../../../src/usage/usage.ts'
import { checkChatStream } from '../../support/chat-stream-grammar.ts'
import {
  encodeEvents,
  encodeForm,
  type GoldenCase,
  type GoldenTarget,
  type GoldenTold,
  listGoldenCases,
  withoutLastBreak,
} from '../../support/golden.ts'
import { rechunkings } from '../../support/rechunk.ts'

const encoder = new TextEncoder()
const now = 1_790_000_200_000

function json<Value>(text: string | undefined): Value | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Value)
}

interface Prepared {
  readonly call: Call
  readonly target: Target
}

function prepare(golden: GoldenCase, endpoint: Endpoint): Prepared {
  const url = golden.read('request.url')
  const form = golden.read('request.form')
  const body =
    form === undefined
      ? createRawBody(encoder.encode(golden.read('request.json') ?? ''), 'application/json')
      : createRawBody(encodeForm(form), 'multipart/form-data; boundary=AaB')
  const parsed = endpoint.parse(body, {
    meterStream: false,
    fallbackModel: undefined,
    ...(url === undefined ? {} : { url: url.trim() }),
  })
  const { model, prefix, version, vars } = json<GoldenTarget>(golden.read('target.json')) ?? {}
  return {
    call: {
      ...parsed,
      endpoint,
      headers: new Headers(),
      client: createCancellation(),
    },
    target: {
      schema: {
        name: golden.schema,
        ...(prefix === undefined ? {} : { prefix }),
        ...(version === undefined ? {} : { version }),
      },
      model: model ?? parsed.model,
      renamed: model !== undefined,
      vars: vars ?? {},
    },
  }
}

function translate(golden: GoldenCase, endpoint: Endpoint): Translation {
  const { call, target } = prepare(golden, endpoint)
  const row: Readonly<Record<string, unknown>> =
    translators[endpoint.id as keyof typeof translators]
  // Each translator takes its own endpoint's request, which is what was parsed above.
  const translator = row[golden.schema] as Translator
  return translator(call, target)
}

interface GoldenHead {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly more?: readonly Readonly<Record<string, string>>[]
}

function headOf(golden: GoldenCase): ReplyHead {
  const { status, headers, more } = json<GoldenHead>(golden.read('head.json')) ?? {}
  return {
    status: status ?? 200,
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    ...(more === undefined ? {} : { more: more.map((each) => new Headers(each)) }),
    receivedAt: now,
    uuid: () => '00000000-0000-4000-8000-000000000000',
  }
}

function expectUpstream(golden: GoldenCase, translation: Translation): void {
  const text = golden.read('upstream.json')
  const expected = json<{ path: string; headers?: Record<string, string> }>(text)
  if (expected === undefined) return
  expect(translation.path).toBe(expected.path)
  expect(translation.headers ?? {}).toEqual(expected.headers ?? {})
  const form = golden.read('upstream.form')
  if (form === undefined) expect(translation.body).toBe(readMember(text, 'body'))
  else expect(translation.body).toEqual(encodeForm(form))
  expect(translation.more ?? []).toEqual(readElements(readMember(text, 'more')))
}

interface Streamed {
  readonly text: string
  readonly usage: Usage
  readonly model: string | undefined
  readonly failure: StreamFailure | undefined
  readonly held: boolean
}

function stream(reply: Reply, head: ReplyHead, chunks: readonly Uint8Array[]): Streamed {
  const translator = reply.stream?.(head)
  if (translator === undefined) throw new Error('the translator has no streams')
  let usage: Usage = {}
  let model: string | undefined
  let failure: StreamFailure | undefined
  let held = true
  let over = false
  const host = createBodyHost(
    translator,
    {
      usage: (later) => {
        usage = mergeUsage(usage, later)
      },
      model: (name) => {
        model = name
      },
      activity() {},
      content: () => {
        held = false
      },
      ended: (_, problem) => {
        failure = problem
      },
    },
    { maxFrameBytes: 1024 * 1024, failureType: 'BackendError' },
  )
  const decoder = new TextDecoder()
  let text = ''
  const controller = {
    enqueue: (chunk: Uint8Array) => {
      text += decoder.decode(chunk, { stream: true })
    },
    terminate: () => {
      over = true
    },
  }
  host.transformer.start(controller)
  for (const chunk of chunks) if (!over) host.transformer.transform(chunk, controller)
  if (!over) host.transformer.flush(controller)
  return { text: text + decoder.decode(), usage, model, failure, held }
}

function checkUnary(golden: GoldenCase, reply: Reply, answer: string): void {
  const head = headOf(golden)
  const expected = withoutLastBreak(golden.read('reply.json') ?? answer)
  const told = json<GoldenTold>(golden.read('told.json')) ?? {}
  if (head.status >= 300) {
    expect(reply.error(answer, head).body ?? answer).toBe(expected)
    return
  }
  if (told.failure !== undefined) {
    expect(readFailure(() => reply.whole?.(answer, head))).toEqual(told.failure)
    return
  }
  const whole = reply.whole?.(answer, head) ?? {}
  expect(whole.body ?? answer).toBe(expected)
  if (told.usage !== undefined) expect(whole.usage).toEqual(told.usage)
  if (told.model !== undefined) expect(whole.model).toBe(told.model)
}

function readFailure(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    return { kind: error.kind, status: error.status, type: error.type, message: error.message }
  }
}

function checkStream(
  golden: GoldenCase,
  reply: Reply,
  { bytes, unchanged, isChat }: { bytes: Uint8Array; unchanged: string; isChat: boolean },
): void {
  const expected = golden.read('reply.sse') ?? unchanged
  const told = json<GoldenTold>(golden.read('told.json')) ?? {}
  if (isChat && told.held !== true) {
    const rules = { ending: told.failure === undefined ? 'proper' : 'error' } as const
    // A stream that is passed on may break the rules as its provider does, and no further.
    const known = unchanged === '' ? [] : checkChatStream(unchanged, rules)
    const isOurs = reply.stream?.(headOf(golden))?.kind === 'rewrite'
    const found = checkChatStream(expected, rules)
    const ours = isOurs ? found : found.filter((violation) => !known.includes(violation))
    expect(ours).toEqual(told.breaks ?? [])
  }
  for (const { name, chunks } of rechunkings(bytes)) {
    const streamed = stream(reply, headOf(golden), chunks)
    // A held stream is not the client's yet.
    if (told.held !== true) expect(streamed.text, name).toBe(expected)
    expect(streamed.held, name).toBe(told.held ?? false)
    if (told.failure === undefined) expect(streamed.failure, name).toBeUndefined()
    else expect(streamed.failure, name).toMatchObject(told.failure)
    if (told.usage !== undefined) expect(streamed.usage, name).toEqual(told.usage)
    if (told.model !== undefined) expect(streamed.model, name).toBe(told.model)
  }
}

function checkCase(golden: GoldenCase, endpoint: Endpoint): void {
  expect.hasAssertions()
  const refusal = json<object>(golden.read('refusal.json'))
  if (refusal !== undefined) {
    const failure = readFailure(() => translate(golden, endpoint))
    expect(failure).toMatchObject(refusal)
    return
  }
  const translation = translate(golden, endpoint)
  expectUpstream(golden, translation)
  const events = golden.read('answer.events')
  const sse = golden.read('answer.sse')
  const whole = golden.read('answer.json') ?? golden.read('answer.txt')
  const { reply } = translation
  const isChat = endpoint.id === 'chat-completions'
  if (events !== undefined) {
    checkStream(golden, reply, { bytes: encodeEvents(events), unchanged: '', isChat })
  } else if (sse !== undefined) {
    checkStream(golden, reply, { bytes: encoder.encode(sse), unchanged: sse, isChat })
  } else if (whole !== undefined) checkUnary(golden, reply, withoutLastBreak(whole))
}

for (const endpoint of endpoints) {
  describe(endpoint.id, () => {
    it.each(listGoldenCases(endpoint.id).map((golden) => [golden.name, golden] as const))(
      '%s',
      (_, golden) => checkCase(golden, endpoint as Endpoint),
    )
  })
}
