import { EventStreamCodec } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors.ts'
import {
  createAwsEventStreamDecoder,
  encodeAwsFrame,
} from '../../../src/streams/aws-event-stream.ts'
import type { Frame } from '../../../src/streams/stream-translator.ts'
import { joinBytes, rechunkings } from '../../support/rechunk.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

const messageStart = fromHex(`
  000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d74797065070010
  6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599`)
const headerless = fromHex('00000012000000007f021b8b7b7d2f9261fa')
const throttling = fromBase64(
  'AAAAiAAAAGHeAXX0DzpleGNlcHRpb24tdHlwZQcAE3Rocm90dGxpbmdFeGNlcHRpb24NOmNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcACWV4Y2VwdGlvbnsibWVzc2FnZSI6InNsb3cgZG93biJ9gy7gcg==',
)

const limit = 1024 * 1024

function decode(chunks: readonly Uint8Array[], maxFrameBytes = limit): Frame[] {
  const frames: Frame[] = []
  const stream = createAwsEventStreamDecoder((frame) => frames.push(frame), maxFrameBytes)
  for (const chunk of chunks) stream.push(chunk)
  stream.end()
  return frames
}

function view({ event, exception, data }: Frame) {
  return { event, exception, data }
}

/** A prelude with a right checksum, whatever lengths it states. */
function prelude(total: number, headers: number): Uint8Array {
  const codec = new DataView(encodeAwsFrame({}, new Uint8Array(0)).buffer)
  codec.setUint32(0, total)
  codec.setUint32(4, headers)
  const bytes = new Uint8Array(codec.buffer)
  let crc = ~0
  for (const byte of bytes.subarray(0, 8)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  codec.setUint32(8, ~crc >>> 0)
  return bytes.subarray(0, 12)
}

function errorOf(work: () => unknown): GatewayError {
  try {
    work()
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('reading', () => {
  it('reads the event type and the payload of an event', () => {
    const [frame] = decode([messageStart])
    expect(frame && view(frame)).toEqual({
      event: 'messageStart',
      exception: undefined,
      data: '{"role":"assistant"}',
    })
    expect(frame?.json()).toEqual({ role: 'assistant' })
  })

  it('reads a frame without headers', () => {
    expect(decode([headerless]).map(view)).toEqual([
      { event: undefined, exception: undefined, data: '{}' },
    ])
  })

  it('reads an exception', () => {
    expect(decode([throttling]).map(view)).toEqual([
      { event: undefined, exception: 'throttlingException', data: '{"message":"slow down"}' },
    ])
  })

  it('reads the code and the message of an error that has no payload', () => {
    const frame = encodeAwsFrame(
      { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'a "b"' },
      new Uint8Array(0),
    )
    expect(decode([frame]).map(view)).toEqual([
      { event: undefined, exception: 'InternalFailure', data: '{"message":"a \\"b\\""}' },
    ])
  })

  it('reports an exception that names no type', () => {
    const frame = encodeAwsFrame({ ':message-type': 'exception' }, encoder.encode('{}'))
    expect(decode([frame])[0]?.exception).toBe('')
  })

  it('parses data once, and gives undefined for what is not JSON', () => {
    const [good, bad] = decode([
      encodeAwsFrame({}, encoder.encode('{"a":1}')),
      encodeAwsFrame({}, encoder.encode('{"a":')),
    ])
    expect(good?.json()).toBe(good?.json())
    expect(bad?.json()).toBeUndefined()
  })

  it('does not mix up the headers of frames that follow each other', () => {
    const types = ['a', 'b', 'b', 'a', 'ab', 'a']
    const frames = types.map((type) =>
      encodeAwsFrame({ ':event-type': type }, encoder.encode(type)),
    )
    expect(decode([joinBytes(frames)]).map((frame) => frame.event)).toEqual(types)
  })

  it('reads headers of every type', () => {
    const codec = new EventStreamCodec(
      (bytes) => (typeof bytes === 'string' ? bytes : decoder.decode(bytes)),
      (text) => encoder.encode(text),
    )
    const bytes = codec.encode({
      headers: {
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        byte: { type: 'byte', value: 1 },
        short: { type: 'short', value: 2 },
        int: { type: 'integer', value: 3 },
        long: { type: 'long', value: { bytes: new Uint8Array(8), valueOf: () => 4 } },
        binary: { type: 'binary', value: new Uint8Array([1, 2, 3]) },
        ':event-type': { type: 'string', value: 'chunk' },
        time: { type: 'timestamp', value: new Date(0) },
        id: { type: 'uuid', value: '00000000-0000-4000-8000-000000000000' },
      },
      body: encoder.encode('{}'),
    } as Parameters<typeof codec.encode>[0])
    expect(decode([bytes])[0]?.event).toBe('chunk')
  })

  it('gives the same frames however the bytes were cut', () => {
    const bytes = joinBytes([messageStart, headerless, throttling, messageStart])
    const expected = decode([bytes]).map(view)
    expect(expected).toHaveLength(4)
    for (const { name, chunks } of rechunkings(bytes)) {
      expect(decode(chunks).map(view), name).toEqual(expected)
    }
  })

  it('reads what it is given at once, and keeps the rest', () => {
    const frames: string[] = []
    const stream = createAwsEventStreamDecoder((frame) => frames.push(frame.data), limit)
    stream.push(joinBytes([headerless, messageStart.subarray(0, 50)]))
    expect(frames).toEqual(['{}'])
    stream.push(joinBytes([messageStart.subarray(50), headerless.subarray(0, 5)]))
    expect(frames).toHaveLength(2)
    stream.push(headerless.subarray(5))
    expect(frames).toHaveLength(3)
    stream.end()
  })

  it('reads a large frame of many pieces in linear time', () => {
    const text = 'x'.repeat(1024 * 1024)
    const frame = encodeAwsFrame({ ':event-type': 'big' }, encoder.encode(text))
    const time = (bytes: Uint8Array) => {
      const start = performance.now()
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += 16) chunks.push(bytes.subarray(at, at + 16))
      expect(decode(chunks, 2 * limit)[0]?.data.length).toBe(text.length)
      return performance.now() - start
    }
    // Quadratic copying would move 32 GB.
    expect(time(frame)).toBeLessThan(3000)
  })

  it('leaves the bytes of the caller alone', () => {
    const bytes = messageStart.slice()
    decode([bytes])
    expect(bytes).toEqual(messageStart)
  })
})

describe('refusing', () => {
  it.each([
    ['a prelude', 0],
    ['the length', 3],
    ['the headers', 20],
    ['the payload', messageStart.length - 6],
    ['the last checksum', messageStart.length - 1],
  ])('notices a flipped bit in %s', (_, at) => {
    const broken = messageStart.slice()
    broken[at] = (broken[at] ?? 0) ^ 0x10
    const error = errorOf(() => decode([broken]))
    expect([error.kind, error.status]).toEqual(['upstream-protocol', 502])
    expect(error.message).toMatch(/corrupt: wrong checksum/)
  })

  it('hands out the frames before a corrupt one', () => {
    const frames: Frame[] = []
    const stream = createAwsEventStreamDecoder((frame) => frames.push(frame), limit)
    const broken = messageStart.slice()
    broken[100] = 0
    expect(() => stream.push(joinBytes([headerless, broken]))).toThrow(/corrupt/)
    expect(frames).toHaveLength(1)
  })

  it('takes JSON in place of a stream for a corrupt one', () => {
    const body = encoder.encode('{"message":"not a stream at all"}')
    expect(() => decode([body])).toThrow(/corrupt/)
  })

  it.each([
    ['shorter than a frame can be', prelude(15, 0)],
    ['with headers that do not fit', prelude(40, 25)],
    ['with more than 128 KiB of headers', prelude(200_000, 140_000)],
  ])('refuses a frame %s', (_, bytes) => {
    expect(() => decode([bytes])).toThrow('corrupt: impossible lengths')
  })

  it('refuses a frame above the limit before it has come', () => {
    const stream = createAwsEventStreamDecoder(() => {}, 100)
    expect(() => stream.push(prelude(101, 0))).toThrow(
      'an event of the provider is larger than 100 bytes',
    )
    expect(decode([encodeAwsFrame({}, new Uint8Array(84))], 100)).toHaveLength(1)
  })

  it('refuses a payload above 16 MiB whatever the limit', () => {
    const stream = createAwsEventStreamDecoder(() => {}, 64 * limit)
    expect(() => stream.push(prelude(16 * limit + 17, 0))).toThrow(/larger than 16777216 bytes/)
  })

  it('does not make room for a frame that is only announced', () => {
    const stream = createAwsEventStreamDecoder(() => {}, 64 * limit)
    const before = process.memoryUsage().arrayBuffers
    for (let index = 0; index < 3; index++) {
      createAwsEventStreamDecoder(() => {}, 64 * limit).push(prelude(15 * limit, 0))
    }
    stream.push(prelude(15 * limit, 0))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(limit)
  })

  it.each([1, 11, 12, 100])('notices an end after %i bytes of a frame', (length) => {
    expect(() => decode([messageStart.subarray(0, length)])).toThrow(
      'the provider ended the stream inside an event',
    )
  })

  it('refuses headers that run out of their room', () => {
    // A name of 200 bytes where two are left; the encoder makes the checksums right.
    const frame = encodeAwsFrame({ a: '' }, new Uint8Array(0))
    const codec = new DataView(frame.buffer)
    const headers = frame.slice(12, 12 + codec.getUint32(4))
    headers[0] = 200
    const forged = forge(headers)
    expect(() => decode([forged])).toThrow('corrupt: headers of an event')
    expect(() => decode([forge(Uint8Array.of(1, 0x61, 42))])).toThrow(
      'corrupt: headers of an event',
    )
    expect(() => decode([forge(Uint8Array.of(1, 0x61, 7, 255, 255))])).toThrow(
      'corrupt: headers of an event',
    )
  })

  it('never throws anything but a gateway error, and always ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, framed) => {
        const bytes = framed ? forge(noise) : noise
        try {
          decode([bytes])
        } catch (error) {
          expect(GatewayError.is(error)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** A frame whose checksums are right and whose header block is whatever is given. */
function forge(headers: Uint8Array): Uint8Array {
  // The payload of a frame without headers stands where the headers would.
  const frame = encodeAwsFrame({}, headers)
  const view = new DataView(frame.buffer)
  frame.set(prelude(frame.length, headers.length), 0)
  view.setUint32(frame.length - 4, checksum(frame.subarray(0, frame.length - 4)))
  return frame
}

function checksum(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

/** The codec of the SDK loses a header of that one name. */
const headerName = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== '__proto__')

describe('writing', () => {
  it('writes what the documentation of the format shows', () => {
    const frame = encodeAwsFrame(
      {
        ':event-type': 'messageStart',
        ':content-type': 'application/json',
        ':message-type': 'event',
      },
      encoder.encode('{"role":"assistant"}'),
    )
    expect(frame).toEqual(messageStart)
    expect(encodeAwsFrame({}, encoder.encode('{}'))).toEqual(headerless)
  })

  it('is read by the codec of the AWS SDK', () => {
    const codec = new EventStreamCodec(
      (bytes) => (typeof bytes === 'string' ? bytes : decoder.decode(bytes)),
      (text) => encoder.encode(text),
    )
    fc.assert(
      fc.property(
        fc.dictionary(headerName, fc.string({ maxLength: 50 })),
        fc.uint8Array({ maxLength: 200 }),
        (headers, payload) => {
          const message = codec.decode(encodeAwsFrame(headers, payload))
          const values = Object.entries(message.headers).map(([name, { value }]) => [name, value])
          expect(values).toEqual(Object.entries(headers))
          expect(new Uint8Array(message.body)).toEqual(new Uint8Array(payload))
        },
      ),
    )
  })

  it('is read by our own decoder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 30 }), fc.string({ maxLength: 100 }))),
        (events) => {
          const frames = events.map(([type, data]) =>
            encodeAwsFrame({ ':event-type': type }, encoder.encode(data)),
          )
          const read = decode([joinBytes(frames)]).map(({ event, data }) => [event, data])
          expect(read).toEqual(events.map(([type, data]) => [reencode(type), reencode(data)]))
        },
      ),
    )
  })
})

/** Half surrogate pairs do not survive UTF-8. */
function reencode(text: string): string {
  return decoder.decode(encoder.encode(text))
}
