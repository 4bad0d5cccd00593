// Whoever looks at requests and fails at it costs the request nothing, nor anybody else who looks.
import { describe, expect, it } from 'vitest'
import type { Observer } from '../../src/observe/observer.ts'
import { type ChatInit, hello, helloStream, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  stream,
} from '../support/scripted-provider.ts'

const fail = (): never => {
  throw new Error('SECRET of an observer')
}
const broken: Observer = {
  open: fail,
  start: fail,
  attempt: fail,
  outgoing: fail,
  chunks: fail,
  reply: fail,
  finish: fail,
}
/** Fails at the events alone. */
const brokenReader: Observer = { chunks: () => ({ chunk: fail, text: fail, repeats: fail }) }

/** Names of the hooks that it was told by. */
function listener(): Observer & { readonly told: string[] } {
  const told: string[] = []
  const hear = (name: string) => () => void told.push(name)
  return {
    told,
    open: hear('open'),
    start: hear('start'),
    attempt: hear('attempt'),
    outgoing: hear('outgoing'),
    chunks: () => ({ chunk: hear('chunk'), text: hear('chunk'), repeats: () => false }),
    reply: hear('reply'),
    finish: hear('finish'),
  }
}

async function ask(observers: readonly Observer[], answer: Answer, body: unknown, init?: ChatInit) {
  const provider = scriptedProvider(answer)
  const run = testGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: provider.fetch,
    observers,
  })
  const response = await run.chat(body, init)
  const headers = Object.fromEntries(response.headers)
  return {
    run,
    answer: { status: response.status, headers, text: await response.text() },
    sent: provider.seen.map(({ headers, text }) => ({ headers, text })),
  }
}

describe('an observer that throws in each of its hooks', () => {
  it.each<[string, Answer, unknown, string[]]>([
    [
      'an answer',
      json(completion('Hello')),
      hello,
      ['open', 'start', 'attempt', 'outgoing', 'reply', 'finish'],
    ],
    [
      'a stream',
      stream({ chunks: chatChunks(['Hel', 'lo']) }),
      helloStream,
      ['open', 'start', 'attempt', 'outgoing', 'chunk', 'finish'],
    ],
    [
      'an error',
      json({ error: { message: 'no' } }, 500),
      hello,
      ['open', 'start', 'attempt', 'outgoing', 'finish'],
    ],
    ['a refusal', json({}), '{', ['open', 'finish']],
  ])('changes nothing of %s', async (_, answer, body, hooks) => {
    const plain = await ask([], answer, body)
    const hearing = listener()
    const watched = await ask([broken, brokenReader, hearing], answer, body)
    expect(watched.answer).toEqual(plain.answer)
    expect(watched.sent).toEqual(plain.sent)
    expect([...new Set(hearing.told)]).toEqual(hooks)
    expect(watched.run.ended).toHaveLength(1)
  })

  it('is told of in the log, once a minute', async () => {
    const provider = scriptedProvider(json(completion('Hello')))
    const run = testGateway({
      config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
      fetch: provider.fetch,
      observers: [broken],
    })
    const faults = () => run.logged.filter((line) => line.includes('an observer failed'))
    for (let index = 0; index < 3; index++) await (await run.chat(hello)).text()
    expect(faults()).toHaveLength(1)
    await run.clock.advance(60_000)
    await (await run.chat(hello)).text()
    expect(faults()).toHaveLength(2)
  })
})
