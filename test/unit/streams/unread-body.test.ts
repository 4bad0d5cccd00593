import { describe, expect, it } from 'vitest'
import { passUnread } from '../../../src/streams/unread-body.ts'

function setUp() {
  const told: unknown[] = []
  let source: ReadableStreamDefaultController<Uint8Array> | undefined
  let pulls = 0
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source = controller
      },
      pull() {
        pulls++
      },
      cancel(reason) {
        told.push(['cancelled', reason])
      },
    },
    { highWaterMark: 0 },
  )
  const passed = passUnread(body, {
    activity: (bytes) => told.push(bytes),
    ended: (how, error) => told.push(error === undefined ? [how] : [how, error]),
  })
  if (source === undefined) throw new Error('the source has not started')
  return { source, passed, told, pulls: () => pulls }
}

describe('a body that nobody reads', () => {
  it('passes each piece when it comes, and ends once', async () => {
    const { source, passed, told } = setUp()
    const reader = passed.getReader()
    const first = reader.read()
    const piece = new Uint8Array([0, 255, 1])
    source.enqueue(piece)
    expect((await first).value).toBe(piece)
    expect(told).toEqual([3])
    source.enqueue(new Uint8Array(2))
    source.close()
    expect((await reader.read()).value).toHaveLength(2)
    expect((await reader.read()).done).toBe(true)
    expect(told).toEqual([3, 2, ['complete']])
  })

  it('breaks off where the provider does: half an answer must not look whole', async () => {
    const { source, passed, told } = setUp()
    const reader = passed.getReader()
    const error = new Error('ECONNRESET')
    const reading = reader.read()
    source.error(error)
    await expect(reading).rejects.toBe(error)
    expect(told).toEqual([['failed', error]])
  })

  it('asks for nothing that nobody wants yet', async () => {
    const { passed, pulls } = setUp()
    await new Promise(setImmediate)
    expect(pulls()).toBe(0)
    void passed.getReader().read()
    await new Promise(setImmediate)
    expect(pulls()).toBe(1)
  })

  it('tells the provider when the client has gone', async () => {
    const { passed, told } = setUp()
    await passed.cancel('bye')
    expect(told).toEqual([['client-gone'], ['cancelled', 'bye']])
  })
})
