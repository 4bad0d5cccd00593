import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SpanFormat } from '../../../../runtime-node/otel/span-format.ts'
import { createSpanQueue, type SpanQueueLimits } from '../../../../runtime-node/otel/span-queue.ts'
import type { SpanRecord } from '../../../../runtime-node/otel/span-record.ts'

/** Spans are their names, a comma behind each. */
const format: SpanFormat = {
  room: { before: 1, behind: 1 },
  encode: ({ name }) => Buffer.from(`${name},`),
  complete(buffer, end) {
    buffer[0] = 0x5b
    buffer[end] = 0x5d
    return buffer.subarray(0, end + 1)
  },
}

// The cast: the format reads nothing else.
const named = (name: string) => ({ name }) as SpanRecord

interface Sent {
  readonly text: string
  readonly succeed: () => void
  readonly fail: (error: Error) => void
}

const usual: SpanQueueLimits = {
  maxSpans: 10,
  maxBytes: 1000,
  maxBatch: 3,
  maxBatchBytes: 100,
  delayMs: 5000,
  timeoutMs: 30_000,
}

function open(limits: Partial<SpanQueueLimits> = {}) {
  const sent: Sent[] = []
  const troubles: string[] = []
  const queue = createSpanQueue({
    format,
    send: (request) =>
      new Promise((succeed, fail) => {
        sent.push({ text: Buffer.from(request).toString(), succeed, fail })
      }),
    limits: { ...usual, ...limits },
    onTrouble: (text) => troubles.push(text),
  })
  return {
    limits: { ...usual, ...limits },
    queue,
    sent,
    troubles,
    add: (...names: string[]) => {
      for (const name of names) queue.add(named(name))
    },
    texts: () => sent.map(({ text }) => text),
  }
}

/** What waits for a promise that is settled has run. */
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a queue of spans', () => {
  it('sends what has come when the delay is over, and not before', async () => {
    const { add, texts } = open()
    add('a', 'b')
    await vi.advanceTimersByTimeAsync(4999)
    expect(texts()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(texts()).toEqual(['[a,b,]'])
  })

  it('sends a full batch at once', () => {
    const { add, texts } = open()
    add('a', 'b', 'c', 'd')
    expect(texts()).toEqual(['[a,b,c,]'])
  })

  it('sends one batch after the other, in order', async () => {
    const { add, sent, texts } = open()
    add('a', 'b', 'c', 'd', 'e', 'f', 'g')
    expect(texts()).toEqual(['[a,b,c,]'])
    sent[0]?.succeed()
    await settle()
    expect(texts()).toEqual(['[a,b,c,]', '[d,e,f,]'])
    sent[1]?.succeed()
    await settle()
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(5000)
    expect(texts().at(-1)).toBe('[g,]')
  })

  it('keeps a batch within its bytes, and gives a larger span one of its own', async () => {
    const { add, sent, texts } = open({ maxBatch: 100, maxBatchBytes: 10 })
    const large = 'x'.repeat(40)
    add('aaa', 'bbb', 'ccc', large, 'ddd')
    for (let index = 0; index < 4; index++) {
      sent[index]?.succeed()
      await vi.advanceTimersByTimeAsync(5000)
    }
    expect(texts()).toEqual(['[aaa,bbb,]', '[ccc,]', `[${large},]`, '[ddd,]'])
  })

  it('carries spans that outgrow its memory', async () => {
    const { queue, sent, texts } = open({ maxBytes: 1e7, maxBatch: 9, maxBatchBytes: 1e7 })
    const names = Array.from({ length: 9 }, (_, index) => String(index).repeat(60_000))
    for (const name of names) queue.add(named(name))
    sent[0]?.succeed()
    await settle()
    expect(texts()).toEqual([`[${names.map((name) => `${name},`).join('')}]`])
  })

  it('drops what comes when as many spans wait as may, and counts it', async () => {
    const { add, queue, sent, texts, troubles } = open({ maxSpans: 4, maxBatch: 2 })
    add('a', 'b') // on its way: waits no longer
    add('c', 'd', 'e', 'f', 'g', 'h')
    expect(queue.lost()).toBe(2)
    sent[0]?.succeed()
    await settle()
    expect(texts()).toEqual(['[a,b,]', '[c,d,]'])
    add('i')
    expect(queue.lost()).toBe(2)
    expect(troubles).toEqual(['2 spans were dropped: too many were waiting for the collector'])
  })

  it('drops what would take more memory than may wait, and counts it', () => {
    const { add, queue } = open({ maxBytes: 20, maxBatch: 100 })
    add('x'.repeat(12), 'y'.repeat(12), 'z')
    expect(queue.lost()).toBe(1)
  })

  it('counts spans that the collector did not take', async () => {
    const { add, queue, sent, troubles } = open()
    add('a', 'b', 'c', 'd')
    sent[0]?.fail(new Error('connect ECONNREFUSED'))
    await settle()
    expect(queue.lost()).toBe(3)
    expect(troubles).toEqual(['3 spans were not sent: Error: connect ECONNREFUSED'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent.at(-1)?.text).toBe('[d,]')
  })

  it('waits for a silent collector only so long', async () => {
    const { add, queue, sent } = open({ timeoutMs: 1000 })
    add('a', 'b', 'c', 'd', 'e', 'f')
    await vi.advanceTimersByTimeAsync(999)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toHaveLength(2)
    expect(queue.lost()).toBe(3)
    // An answer that comes too late changes nothing.
    sent[0]?.succeed()
    await settle()
    expect(queue.lost()).toBe(3)
  })

  it('leaves a request as it is for as long as it may still be sent', async () => {
    const requests: Uint8Array[] = []
    const { limits } = open({ timeoutMs: 10, maxBatch: 1, maxSpans: 100 })
    const ends: (() => void)[] = []
    const queue = createSpanQueue({
      format,
      send: (request) => {
        requests.push(request)
        return new Promise((resolve) => ends.push(resolve))
      },
      limits,
      onTrouble() {},
    })
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const name of names.slice(0, 4)) queue.add(named(name))
    await vi.advanceTimersByTimeAsync(35)
    expect(requests.map((bytes) => Buffer.from(bytes).toString())).toEqual([
      '[a,]',
      '[b,]',
      '[c,]',
      '[d,]',
    ])
    ends[0]?.()
    await settle()
    queue.add(named('e'))
    await vi.advanceTimersByTimeAsync(20)
    expect(requests.slice(1).map((bytes) => Buffer.from(bytes).toString())).toEqual([
      '[b,]',
      '[c,]',
      '[d,]',
      '[e,]',
    ])
  })

  it('sends all that waits when it is shut down, and takes no more', async () => {
    const { add, queue, sent, texts } = open()
    add('a', 'b', 'c', 'd', 'e', 'f', 'g')
    const closed = vi.fn()
    void queue.shutdown().then(closed)
    add('late')
    expect(texts()).toEqual(['[a,b,c,]', '[d,e,f,]', '[g,]'])
    sent[0]?.succeed()
    sent[1]?.succeed()
    sent[2]?.fail(new Error('no'))
    await settle()
    expect(closed).toHaveBeenCalled()
    expect(queue.lost()).toBe(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(3)
  })
})
