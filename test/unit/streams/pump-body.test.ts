import { describe, expect, it } from 'vitest'
import { pumpBody } from '../../../src/streams/pump-body.ts'
import type { BodyTransformer } from '../../../src/streams/stream-translator.ts'
import { settle } from '../../support/fake-clock.ts'

const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text)

interface Log {
  readonly calls: string[]
}

const echo = ({ calls }: Log, overrides: Partial<BodyTransformer> = {}): BodyTransformer => ({
  start: () => calls.push('start'),
  transform(chunk, controller) {
    calls.push('transform')
    controller.enqueue(new Uint8Array(chunk))
  },
  flush: () => calls.push('flush'),
  fail(_, controller) {
    calls.push('fail')
    controller.enqueue(bytes('!'))
  },
  cancel: () => calls.push('cancel'),
  ...overrides,
})

function source(chunks: readonly string[], end: 'close' | 'error' | 'open', calls: string[]) {
  let next = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[next++]
      if (chunk !== undefined) controller.enqueue(bytes(chunk))
      else if (end === 'close') controller.close()
      else if (end === 'error') controller.error(new Error('broken'))
      else return new Promise<void>(() => {})
    },
    cancel: () => {
      calls.push('source cancelled')
    },
  })
}

const read = (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

describe('pumping a body through a transformer', () => {
  it('transforms each chunk and flushes at the end', async () => {
    const log: Log = { calls: [] }
    expect(await read(pumpBody(source(['a', 'b'], 'close', log.calls), echo(log)))).toBe('ab')
    expect(log.calls).toEqual(['start', 'transform', 'transform', 'flush'])
  })

  it('lets the transformer have the last word when the source breaks', async () => {
    const log: Log = { calls: [] }
    expect(await read(pumpBody(source(['a'], 'error', log.calls), echo(log)))).toBe('a!')
    expect(log.calls.at(-1)).toBe('fail')
  })

  it('cancels source and transformer when the reader leaves', async () => {
    const log: Log = { calls: [] }
    const reader = pumpBody(source(['a'], 'open', log.calls), echo(log)).getReader()
    await reader.read()
    await reader.cancel()
    expect(log.calls).toContain('cancel')
    expect(log.calls).toContain('source cancelled')
  })

  it('cancels the source when the transformer ends early', async () => {
    const log: Log = { calls: [] }
    const stream = pumpBody(
      source(['a', 'b', 'c'], 'open', log.calls),
      echo(log, {
        transform(chunk, controller) {
          controller.enqueue(new Uint8Array(chunk))
          controller.terminate()
        },
      }),
    )
    expect(await read(stream)).toBe('a')
    await settle()
    expect(log.calls).toContain('source cancelled')
    expect(log.calls).not.toContain('flush')
  })

  it('reads on where a chunk gave nothing to pass on', async () => {
    const log: Log = { calls: [] }
    const stream = pumpBody(
      source(['a', 'b', 'c'], 'close', log.calls),
      echo(log, {
        transform() {},
        flush: (controller) => controller.enqueue(bytes('end')),
      }),
    )
    expect(await read(stream)).toBe('end')
  })

  it('stops reading a flood that nobody reads', async () => {
    let pulled = 0
    const flood = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(16 * 1024))
        },
      },
      { highWaterMark: 0 },
    )
    pumpBody(flood, echo({ calls: [] }))
    for (let i = 0; i < 50; i++) await settle()
    expect(pulled).toBeLessThan(10)
  })
})
