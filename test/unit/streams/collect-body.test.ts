import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors.ts'
import { collectBody } from '../../../src/streams/collect-body.ts'

const tooLarge = () => new GatewayError('too-large', 'too large')
const limit = (maxBytes: number) => ({ maxBytes, tooLarge })

function source(chunks: readonly string[], end: 'close' | 'error', cancelled: unknown[] = []) {
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[next++]
        if (chunk !== undefined) controller.enqueue(new TextEncoder().encode(chunk))
        else if (end === 'close') controller.close()
        else controller.error(new Error('broken'))
      },
      cancel(reason) {
        cancelled.push(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('collecting a body', () => {
  it('joins its pieces and tells of each', async () => {
    let pieces = 0
    const onActivity = () => {
      pieces++
    }
    const body = source(['a', 'bc', 'd'], 'close')
    expect(text(await collectBody(body, { ...limit(4), onActivity }))).toBe('abcd')
    expect(pieces).toBe(3)
  })

  it('takes no body for an empty one', async () => {
    expect(await collectBody(null, limit(0))).toHaveLength(0)
  })

  it('stops above the limit, and lets go of the rest', async () => {
    const cancelled: unknown[] = []
    const body = source(['ab', 'cd', 'ef'], 'close', cancelled)
    await expect(collectBody(body, limit(3))).rejects.toMatchObject({ kind: 'too-large' })
    expect(cancelled).toHaveLength(1)
  })

  it('breaks as its source does', async () => {
    await expect(collectBody(source(['a'], 'error'), limit(9))).rejects.toThrow('broken')
  })
})
