import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '../../../src/base64-bytes.ts'
import { createAwsChunkDecoder } from '../../../src/streams/aws-chunks.ts'
import { encodeAwsFrame } from '../../../src/streams/aws-event-stream.ts'
import type { Frame } from '../../../src/streams/stream-translator.ts'

const encoder = new TextEncoder()
const chunk = (payload: string) =>
  encodeAwsFrame({ ':event-type': 'chunk' }, encoder.encode(payload))
const fromHex = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number(`0x${byte}`))

function decode(...frames: Uint8Array[]): Frame[] {
  const seen: Frame[] = []
  const decoder = createAwsChunkDecoder((frame) => seen.push(frame), 1000)
  for (const frame of frames) decoder.push(frame)
  decoder.end()
  return seen
}

describe('frames of InvokeModelWithResponseStream', () => {
  it('hold an event each', () => {
    const [frame, ...more] = decode(
      fromHex(
        '000000850000004bfd2a78930b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b226279746573223a2265794a306558426c496a6f6963476c755a794a39222c2270223a22616263227d730336a1',
      ),
    )
    expect(more).toEqual([])
    expect(frame?.data).toBe('{"type":"ping"}')
    expect(frame?.json()).toEqual({ type: 'ping' })
    expect(frame?.exception).toBeUndefined()
  })

  it('report failures as they are', () => {
    const [frame] = decode(
      fromHex(
        '0000009a00000061c421b1160f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e7920746f6b656e732c20736c6f7720646f776e2e227dd42d9083',
      ),
    )
    expect(frame?.exception).toBe('throttlingException')
    expect(frame?.json()).toEqual({ message: 'Too many tokens, slow down.' })
  })

  it.each([['{"bytes":"%","p":"abc"}'], ['{ "bytes" : "%" }'], ['{"p":"abc","bytes":"%"}']])(
    'may be spelt %s',
    (payload) => {
      const text = '{"text":"né ✓ 🦊"}'
      const frames = decode(chunk(payload.replace('%', encodeBase64(encoder.encode(text)))))
      expect(frames.map((frame) => frame.data)).toEqual([text])
    },
  )

  it('may escape the slash', () => {
    const base64 = encodeBase64(encoder.encode('"???"'))
    expect(base64).toContain('/')
    const frames = decode(chunk(`{"bytes":"${base64.replaceAll('/', '\\/')}"}`))
    expect(frames.map((frame) => frame.data)).toEqual(['"???"'])
  })

  it.each(['', '{}', 'not json', '{"bytes":5}', '{"bytes":"*"}', '{"bytes":"'])(
    'are left out where they hold %j',
    (payload) => {
      expect(decode(chunk(payload))).toEqual([])
    },
  )
})
