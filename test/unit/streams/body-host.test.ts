import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors.ts'
import { createBodyHost } from '../../../src/streams/body-host.ts'
import type { StreamListener } from '../../../src/streams/stream-state.ts'
import type {
  Rewrite,
  StreamFailure,
  StreamTranslator,
  Tap,
} from '../../../src/streams/stream-translator.ts'
import { joinBytes, rechunkings } from '../../support/rechunk.ts'

const encoder = new TextEncoder()

const failureText = (failure: StreamFailure) =>
  `data: ${JSON.stringify({ error: failure.message })}\n\n`

/** Content is any frame with `text`; an `error` fails; `[DONE]` completes. */
function tap(overrides: Partial<Tap> = {}): Tap {
  let done = false
  return {
    kind: 'tap',
    framing: 'sse',
    markers: ['[DONE]', '"usage"'],
    sparse: () => false,
    frame(frame, meter) {
      if (frame.data === '[DONE]') done = true
      const value = frame.json() as Record<string, unknown> | undefined
      if (value?.text !== undefined) meter.content()
      if (value?.usage !== undefined) meter.usage({ output: Number(value.usage) })
      if (value?.error !== undefined) {
        meter.fail({ status: 429, type: 'Provider', message: String(value.error) })
      }
    },
    end(meter) {
      if (!done) meter.fail({ status: 502, type: 'X', message: 'ended early' })
    },
    failure: (failure, out) => out.raw(failureText(failure)),
    ...overrides,
  }
}

function rewrite(overrides: Partial<Rewrite> = {}): Rewrite {
  let done = false
  return {
    kind: 'rewrite',
    framing: 'sse',
    frame(frame, out, meter) {
      if (frame.data === '[DONE]') {
        done = true
        return
      }
      const value = frame.json() as Record<string, unknown> | undefined
      if (value === undefined) {
        meter.fail({ status: 502, type: 'X', message: 'unreadable' })
      } else if (value.error !== undefined) {
        meter.fail({ status: 429, type: 'Provider', message: String(value.error) })
      } else {
        meter.content()
        out.send({ out: value.text })
      }
    },
    end(out, meter) {
      if (done) out.raw('data: [DONE]\n\n')
      else meter.fail({ status: 502, type: 'X', message: 'ended early' })
    },
    failure: (failure, out) => out.raw(failureText(failure)),
    ...overrides,
  }
}

function host(translator: StreamTranslator, maxFrameBytes = 1000) {
  const out: Uint8Array[] = []
  const told: string[] = []
  const ended: [string, StreamFailure | undefined][] = []
  let terminated = 0
  const listener: StreamListener = {
    usage: (usage) => told.push(`usage ${usage.output}`),
    model: (name) => told.push(`model ${name}`),
    activity() {},
    content: () => told.push('content'),
    ended: (how, failure) => ended.push([how, failure]),
  }
  const made = createBodyHost(translator, listener, { maxFrameBytes, failureType: 'TestError' })
  const controller = {
    enqueue: (chunk: Uint8Array) => out.push(chunk),
    terminate: () => {
      terminated++
    },
  }
  const { transformer } = made
  transformer.start(controller)
  return {
    made,
    told,
    ended,
    push: (chunk: string | Uint8Array) =>
      transformer.transform(typeof chunk === 'string' ? encoder.encode(chunk) : chunk, controller),
    end: () => transformer.flush(controller),
    fail: (error: unknown) => transformer.fail(error, controller),
    cancel: () => transformer.cancel(undefined),
    text: () => new TextDecoder().decode(joinBytes(out)),
    chunks: () => out.length,
    terminated: () => terminated,
  }
}

const text = (value: string) => `data: {"text":"${value}"}\n\n`
const done = 'data: [DONE]\n\n'

describe.each([
  ['tap', tap],
  ['rewrite', rewrite],
] as const)('a stream through a %s', (kind, make) => {
  it('settles once, complete, when the provider ends as it should', () => {
    const run = host(make())
    run.push(text('a') + done)
    run.end()
    run.cancel()
    expect(run.ended).toEqual([['complete', undefined]])
    expect(run.text()).toContain('[DONE]')
  })

  it('gives the same events wherever it was cut', () => {
    const bytes = encoder.encode(`${text('ü')}${text('𝄞')}\r\n${text('c')}${done}`)
    const results = rechunkings(bytes).map(({ chunks }) => {
      const run = host(make())
      for (const chunk of chunks) run.push(chunk)
      run.end()
      return { text: run.text(), ended: run.ended, told: run.told }
    })
    for (const result of results) expect(result).toEqual(results[0])
    expect(results[0]?.ended).toEqual([['complete', undefined]])
  })

  it('tells the client when the provider breaks off, and never ends cleanly', () => {
    const run = host(make())
    run.push(text('a'))
    run.fail(new GatewayError('upstream-reset', 'broke off'))
    expect(run.text().endsWith(failureText({ status: 0, type: '', message: 'broke off' }))).toBe(
      true,
    )
    expect(run.text()).not.toContain('[DONE]')
    expect(run.ended.map(([how]) => how)).toEqual(['failed'])
    expect(run.terminated()).toBe(1)
  })

  it('passes on no part of an event that never ended', () => {
    const run = host(make())
    run.push(`${text('a')}data: {"text":"cut o`)
    run.fail(new Error('ECONNRESET'))
    expect(run.text()).not.toContain('cut o')
    expect(run.text()).toContain('the provider broke off its answer')
  })

  it('tells the client when the provider ends inside an event', () => {
    const run = host(make())
    run.push(`${text('a')}data: {"text":"cut o`)
    run.end()
    expect(run.text()).not.toContain('cut o')
    expect(run.ended.map(([how]) => how)).toEqual(['failed'])
    expect(run.text()).toContain('"error"')
  })

  it('tells the client when the provider ends before its last event', () => {
    const run = host(make())
    run.push(text('a'))
    run.end()
    expect(run.text()).toContain('ended early')
    expect(run.ended[0]?.[1]).toMatchObject({ origin: 'protocol', status: 502 })
  })

  it('says nothing while it is held: the failure is reported, for another backend to be asked', () => {
    const run = host(make())
    run.push('data: {"error":"slow down"}\n\n')
    expect(run.ended).toEqual([['failed', { status: 429, type: 'Provider', message: 'slow down' }]])
    expect(run.text()).not.toContain('"error": ')
    expect(run.terminated()).toBe(1)
  })

  it('tells the client of a failure before any content once it is released', () => {
    const run = host(make())
    run.made.release()
    run.fail(new GatewayError('upstream-reset', 'broke off'))
    expect(run.text()).toBe(failureText({ status: 0, type: '', message: 'broke off' }))
  })

  it('ends with the reason of an interruption', () => {
    const run = host(make())
    run.push(text('a'))
    run.made.interrupt({ status: 504, type: 'T', message: 'stream idle timeout' })
    run.push(text('late'))
    run.end()
    expect(run.text()).toContain('stream idle timeout')
    expect(run.text()).not.toContain('late')
    expect(run.ended).toHaveLength(1)
    expect(run.terminated()).toBe(1)
  })

  it('fails at an event above the limit, and keeps none of it', () => {
    const run = host(make(), 100)
    run.push(text('a'))
    for (let i = 0; i < 20; i++) run.push(`${i === 0 ? 'data: ' : ''}xxxxxxxxxx`)
    expect(run.text()).toContain('larger than 100 bytes')
    expect(run.text()).not.toContain('xxxx')
    expect(run.ended.map(([how]) => how)).toEqual(['failed'])
  })

  it('settles as client-gone when the client leaves', () => {
    const run = host(make())
    run.push(text('a'))
    run.cancel()
    run.end()
    run.fail(new Error('aborted'))
    expect(run.ended).toEqual([['client-gone', undefined]])
  })

  it('emits at most one chunk for each chunk that comes', () => {
    const run = host(make())
    run.push(text('a') + text('b') + text('c'))
    expect(run.chunks()).toBe(1)
    expect(kind === 'tap' ? run.text() : run.told).toEqual(
      kind === 'tap' ? text('a') + text('b') + text('c') : ['content'],
    )
  })
})

describe('a tap', () => {
  it('passes bytes on as they came: comments, order, spelling and all', () => {
    const bytes = `: hi\r\n\r\ndata:{"text":1.0, "text":"x"}\n\n\n\n${done}`
    const run = host(tap())
    run.push(bytes)
    run.end()
    expect(run.text()).toBe(bytes)
  })

  it('passes on what the provider says of its own failure, and adds nothing', () => {
    const run = host(tap())
    run.push(text('a'))
    run.push('data: {"error":"own words"}\n\n')
    run.end()
    expect(run.text()).toBe(`${text('a')}data: {"error":"own words"}\n\n`)
    expect(run.ended[0]?.[0]).toBe('failed')
    expect(run.ended[0]?.[1]?.message).toBe('own words')
  })

  it('keeps what it trips over from the client', () => {
    const run = host(
      tap({
        frame() {
          throw new Error('bug')
        },
        end() {},
      }),
    )
    run.push(text('a') + done)
    run.end()
    expect(run.text()).toBe(text('a') + done)
    expect(run.ended).toEqual([['complete', undefined]])
  })

  it('passes on a last event that lacks its blank line, and reads it', () => {
    const run = host(tap())
    run.push(`${text('a')}data: {"usage":3}\n\ndata: [DONE]`)
    run.end()
    expect(run.text()).toBe(`${text('a')}data: {"usage":3}\n\ndata: [DONE]`)
    expect(run.told).toContain('usage 3')
    expect(run.ended[0]?.[0]).toBe('complete')
  })

  it('ends an unterminated event before it adds a failure of its own', () => {
    const run = host(tap())
    run.push(`${text('a')}data: {"text":"b"}`)
    run.end()
    expect(run.text()).toBe(
      `${text('a')}data: {"text":"b"}\n\n${failureText({ status: 0, type: '', message: 'ended early' })}`,
    )
  })

  it('parses only frames with a marker once it is sparse', () => {
    const parsed: string[] = []
    const run = host(
      tap({
        sparse: () => true,
        frame: (frame) => {
          parsed.push(frame.data)
        },
        end() {},
      }),
    )
    run.push(text('a') + text('b'))
    run.push(`${text('c')}data: {"usage":3}\n\n`)
    run.end()
    expect(parsed).toEqual(['{"usage":3}'])
  })
})

describe('a rewrite', () => {
  it('turns an exception of its own into a failure without its text', () => {
    const run = host(
      rewrite({
        frame(_, __, meter) {
          meter.content()
          throw new Error('secret detail')
        },
      }),
    )
    run.push(text('a'))
    expect(run.text()).toContain('broke off')
    expect(run.text()).not.toContain('secret')
    expect(run.ended[0]?.[0]).toBe('failed')
  })

  it('sends what came before a failure in the same chunk', () => {
    const run = host(rewrite())
    run.push(`${text('a')}data: {"error":"no"}\n\n${text('b')}`)
    expect(run.text()).toBe(
      `data: {"out":"a"}\n\n${failureText({ status: 0, type: '', message: 'no' })}`,
    )
  })
})

it('ends a rewrite with the failure that its unfinished last event tells, and with nothing else', () => {
  const stream = host(
    rewrite({
      end(out) {
        out.raw(done)
      },
    }),
  )
  stream.push(`${text('a')}data: {"error":"busy"}`)
  stream.end()
  expect(stream.text()).toBe('data: {"out":"a"}\n\ndata: {"error":"busy"}\n\n')
  expect(stream.ended.map(([how, failure]) => [how, failure?.status])).toEqual([['failed', 429]])
})
