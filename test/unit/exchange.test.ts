import { describe, expect, it } from 'vitest'
import { chatCompletions } from '../../src/endpoints/chat-completions.ts'
import { createExchange, describeIncoming, type Exchange } from '../../src/exchange.ts'

function exchangeAt(clock: { now: number; ticks: number }) {
  const settled: Exchange[] = []
  const incoming = describeIncoming(new Request('http://localhost/v1/chat/completions'))
  const time = { now: () => clock.now, ticks: () => clock.ticks }
  const exchange = createExchange(chatCompletions, incoming, time, (one) => settled.push(one))
  return { exchange, settled }
}

describe('an exchange', () => {
  it('ends once, as it ended first', () => {
    const { exchange, settled } = exchangeAt({ now: 0, ticks: 0 })
    let deferred = 0
    exchange.defer(() => deferred++)
    exchange.finish('client-gone')
    exchange.finish('failed')
    expect(exchange.outcome).toBe('client-gone')
    expect(settled).toEqual([exchange])
    expect(deferred).toBe(1)
  })

  it('keeps time by a clock that never goes back', () => {
    const clock = { now: 1_700_000_000_000, ticks: 5 }
    const { exchange } = exchangeAt(clock)
    clock.now -= 3600_000
    clock.ticks += 20.5
    exchange.finish('complete')
    expect(exchange.endedAt).toBe(exchange.startedAt + 20.5)
  })

  it('forgets at a new try what an earlier one has told', () => {
    const { exchange } = exchangeAt({ now: 0, ticks: 0 })
    // The casts: a try is kept, and not looked into.
    const attempt = { backend: {}, target: {}, origin: 'http://a' } as Parameters<
      Exchange['begin']
    >[0]
    exchange.begin(attempt)
    exchange.count({ input: 9 })
    exchange.responseModel = 'old'
    exchange.firstChunkAt = 1
    exchange.chunks = 4
    const second = exchange.begin(attempt)
    expect(second.index).toBe(1)
    expect(exchange.attempts).toHaveLength(2)
    expect(exchange).toMatchObject({
      usage: {},
      responseModel: undefined,
      firstChunkAt: undefined,
      chunks: 0,
    })
    exchange.count({ input: 1 })
    exchange.count({ output: 2 })
    expect(exchange.usage).toEqual({ input: 1, output: 2 })
  })
})
