import { describe, expect, it } from 'vitest'
import type { ValueRewrite } from '../../../src/convert/value-rewrite.ts'
import { createSseFrame } from '../../../src/streams/frame.ts'
import { createSseWriter } from '../../../src/streams/sse-writer.ts'
import type { Meter, Rewrite } from '../../../src/streams/stream-translator.ts'
import { createChatReply } from '../../../src/translate/chat-completions/chat-reply.ts'
import { chainStreams } from '../../../src/translate/via.ts'

const meter: Meter = {
  usage() {},
  model() {},
  wantsChunks: false,
  text() {},
  chunk() {},
  content() {},
  fail() {},
}
const failure = { status: 502, type: 'T', message: 'm' }

/** Says each word twice, and `end` at the end. */
const first: Rewrite = {
  kind: 'rewrite',
  framing: 'aws-event-stream',
  frame(frame, out) {
    out.send(frame.data)
    out.send(frame.data)
  },
  end(out) {
    out.raw('end')
  },
  failure() {
    throw new Error('the client does not speak the dialect between')
  },
}
/** Shouts. */
const second: ValueRewrite = {
  value: (value, out) => out.send(String(value).toUpperCase()),
  raw: (text, out) => out.raw(`[${text}]`),
  failure: ({ message }, out) => out.send({ failed: message }),
}

describe('two translations in a row', () => {
  it('turn each event that the first makes into events of the second', () => {
    const chain = chainStreams(first, second)
    const out = createSseWriter()
    expect(chain.framing).toBe('aws-event-stream')
    chain.frame(createSseFrame('a', undefined), out, meter)
    expect(out.take()).toBe('data: "A"\n\ndata: "A"\n\n')
    chain.end(out, meter)
    expect(out.take()).toBe('[end]')
  })

  it('fail in the client’s own dialect', () => {
    const out = createSseWriter()
    chainStreams(first, second).failure(failure, out)
    expect(out.take()).toBe('data: {"failed":"m"}\n\n')
  })

  it('need a first one that makes events', () => {
    const tap = createChatReply('m').stream?.({
      status: 200,
      headers: new Headers(),
      receivedAt: 0,
      uuid: () => '',
    })
    if (tap === undefined) throw new Error('there is no tap')
    expect(() => chainStreams(tap, second)).toThrow('only a rewritten stream')
  })
})
