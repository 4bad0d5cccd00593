// Both ways of running a transformer over an answer, held to the same: in the callbacks of a transport that
// can, and over a web stream where it cannot.
import type { Dispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import { createIncomingBody } from '../../../runtime-node/incoming-body.ts'
import { bodyHighWaterMark, pumpBody } from '../../../src/streams/pump-body.ts'
import type { BodyController, BodyTransformer } from '../../../src/streams/stream-translator.ts'
import { settle } from '../../support/fake-clock.ts'

/** What a provider does next. */
type Step = Uint8Array<ArrayBuffer> | 'end' | Error

interface Source {
  /** Goes on as far as it is let. */
  send(...steps: readonly Step[]): void
  /** Steps that have been taken. */
  taken(): number
  cancelled(): number
  open(transformer: BodyTransformer): ReadableStream<Uint8Array<ArrayBuffer>>
}

/** The callbacks of undici, with its manners: paused it keeps still, aborted it says so at once. */
function callbackSource(): Source {
  const body = createIncomingBody()
  const steps: Step[] = []
  let taken = 0
  let cancelled = 0
  let paused = false
  const go = () => {
    while (!paused && cancelled === 0) {
      const step = steps.shift()
      if (step === undefined) return
      taken++
      if (step === 'end') body.end()
      else if (step instanceof Error) body.fail(step)
      else body.data(step)
    }
  }
  // The cast: a test needs no more of it.
  const control = {
    pause() {
      paused = true
    },
    resume() {
      if (!paused) return
      paused = false
      queueMicrotask(go)
    },
    abort(reason: Error) {
      cancelled++
      body.fail(reason)
    },
  } as unknown as Dispatcher.DispatchController
  body.begin(control)
  return {
    send(...more) {
      steps.push(...more)
      go()
    },
    taken: () => taken,
    cancelled: () => cancelled,
    open: (transformer) => body.through(transformer),
  }
}

function webSource(): Source {
  const steps: Step[] = []
  let taken = 0
  let cancelled = 0
  let wake = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (steps.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        const step = steps.shift()
        taken++
        if (step === 'end') controller.close()
        else if (step instanceof Error) controller.error(step)
        else if (step !== undefined) controller.enqueue(step)
      },
      cancel() {
        cancelled++
      },
    },
    { highWaterMark: 0 },
  )
  return {
    send(...more) {
      steps.push(...more)
      wake()
    },
    taken: () => taken,
    cancelled: () => cancelled,
    open: (transformer) => pumpBody(body, transformer),
  }
}

const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text)

interface Recorder extends BodyTransformer {
  readonly calls: string[]
  control(): BodyController
}

/** Passes on what comes, and writes down what happens to it. */
function record(overrides: Partial<BodyTransformer> = {}): Recorder {
  const calls: string[] = []
  let control: BodyController | undefined
  const told = <Key extends keyof BodyTransformer>(key: Key, usual: BodyTransformer[Key]) => {
    const work = (overrides[key] ?? usual) as (...words: unknown[]) => void
    return (...words: unknown[]) => {
      calls.push(key)
      work(...words)
    }
  }
  return {
    calls,
    control() {
      if (control === undefined) throw new Error('not started')
      return control
    },
    start(controller) {
      control = controller
      overrides.start?.(controller)
    },
    transform: told('transform', (chunk, controller) => controller.enqueue(new Uint8Array(chunk))),
    flush: told('flush', (controller) => controller.enqueue(bytes('.'))),
    fail: told('fail', (error, controller) => {
      controller.enqueue(bytes(`!${error instanceof Error ? error.message : ''}`))
    }),
    cancel: told('cancel', () => {}),
  }
}

const read = (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

const turns = async (count = 20) => {
  for (let i = 0; i < count; i++) await settle()
}

describe.each([
  ['in the callbacks of the transport', callbackSource],
  ['over a web stream', webSource],
])('a transformer that runs %s', (_, createSource) => {
  it('sees each chunk in its order, and the end', async () => {
    const source = createSource()
    const recorder = record()
    const text = read(source.open(recorder))
    source.send(bytes('a'), bytes('b'))
    await turns()
    source.send(bytes('c'), 'end')
    expect(await text).toBe('abc.')
    expect(recorder.calls).toEqual(['transform', 'transform', 'transform', 'flush'])
    expect(source.cancelled()).toBe(0)
  })

  it('sees what came before anybody asked', async () => {
    const source = createSource()
    source.send(bytes('a'), bytes('b'), 'end')
    expect(await read(source.open(record()))).toBe('ab.')
  })

  it('is told of a failure that came before anybody asked, after what came before it', async () => {
    const source = createSource()
    source.send(bytes('a'), new Error('broken'))
    const recorder = record()
    expect(await read(source.open(recorder))).toBe('a!broken')
    expect(recorder.calls).toEqual(['transform', 'fail'])
  })

  it('flushes an empty body', async () => {
    const source = createSource()
    source.send('end')
    expect(await read(source.open(record()))).toBe('.')
  })

  it('may keep chunks to itself', async () => {
    const source = createSource()
    const text = read(source.open(record({ transform() {} })))
    source.send(bytes('a'), bytes('b'), bytes('c'), 'end')
    expect(await text).toBe('.')
  })

  it('has the last word when the source breaks, and the stream then ends properly', async () => {
    const source = createSource()
    const recorder = record()
    const text = read(source.open(recorder))
    source.send(bytes('a'), new Error('broken'))
    expect(await text).toBe('a!broken')
    expect(recorder.calls).toEqual(['transform', 'fail'])
  })

  it('breaks the stream by throwing its last word', async () => {
    const source = createSource()
    const stream = source.open(
      record({
        fail(error) {
          throw error
        },
      }),
    )
    source.send(new Error('broken'))
    await expect(read(stream)).rejects.toThrow('broken')
  })

  it('learns once that the reader has gone, and nothing after that', async () => {
    const source = createSource()
    const recorder = record()
    const reader = source.open(recorder).getReader()
    source.send(bytes('a'))
    await reader.read()
    await reader.cancel('gone')
    await turns()
    expect(source.cancelled()).toBe(1)
    source.send(bytes('b'), 'end')
    await turns()
    expect(recorder.calls).toEqual(['transform', 'cancel'])
  })

  it('learns that the reader has gone while the source is silent', async () => {
    const source = createSource()
    const recorder = record()
    const reader = source.open(recorder).getReader()
    const pending = reader.read()
    await turns()
    await reader.cancel('gone')
    expect((await pending).done).toBe(true)
    expect(source.cancelled()).toBe(1)
    expect(recorder.calls).toEqual(['cancel'])
  })

  it('ends the stream early, which cancels the source and is the end of all calls', async () => {
    const source = createSource()
    const recorder = record({
      transform(chunk, controller) {
        controller.enqueue(new Uint8Array(chunk))
        controller.terminate()
        controller.enqueue(bytes('never'))
        controller.terminate()
      },
    })
    const text = read(source.open(recorder))
    source.send(bytes('a'), bytes('b'), 'end')
    expect(await text).toBe('a')
    await turns()
    expect(source.cancelled()).toBe(1)
    expect(recorder.calls).toEqual(['transform'])
  })

  it('ends the stream early over what came before anybody asked', async () => {
    const source = createSource()
    source.send(bytes('a'), bytes('b'))
    const recorder = record({ transform: (_chunk, controller) => controller.terminate() })
    expect(await read(source.open(recorder))).toBe('')
    await turns()
    expect(source.cancelled()).toBe(1)
    expect(recorder.calls).toEqual(['transform'])
  })

  it('ends the stream from outside, while the source is silent', async () => {
    const source = createSource()
    const recorder = record()
    const text = read(source.open(recorder))
    source.send(bytes('a'))
    await turns()
    recorder.control().enqueue(bytes('idle'))
    recorder.control().terminate()
    expect(await text).toBe('aidle')
    await turns()
    expect(source.cancelled()).toBe(1)
    expect(recorder.calls).toEqual(['transform'])
  })

  const piece = (letter: string) => bytes(letter.repeat(16 * 1024))
  const letters = [...'abcdefghijklmnopqrstuvwxyz']

  it('is fed no more than the mark where nobody reads', async () => {
    const source = createSource()
    source.open(record())
    source.send(...letters.map(piece))
    await turns()
    expect(source.taken() * 16 * 1024).toBeLessThanOrEqual(bodyHighWaterMark + 16 * 1024)
    expect(source.taken()).toBeGreaterThan(1)
  })

  it('is fed no more than the mark where nobody has even asked', async () => {
    const source = createSource()
    source.send(...letters.map(piece))
    await turns()
    expect(source.taken() * 16 * 1024).toBeLessThanOrEqual(bodyHighWaterMark + 16 * 1024)
    source.open(record())
    await turns()
    expect(source.taken() * 16 * 1024).toBeLessThanOrEqual(bodyHighWaterMark + 32 * 1024)
  })

  it('is fed again as the reader reads, and loses nothing', async () => {
    const source = createSource()
    const reader = source.open(record()).getReader()
    source.send(...letters.map(piece), 'end')
    let text = ''
    let read = 0
    for (;;) {
      await turns(3)
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
      read += value.length
      expect(source.taken() * 16 * 1024 - read).toBeLessThanOrEqual(
        bodyHighWaterMark + 2 * 16 * 1024,
      )
    }
    expect(text).toBe(`${letters.map((letter) => letter.repeat(16 * 1024)).join('')}.`)
  })

  it('loses nothing of what waits when the source ends or breaks', async () => {
    for (const [step, last] of [
      ['end', '.'],
      [new Error('broken'), '!broken'],
    ] as const) {
      const source = createSource()
      const stream = source.open(record())
      source.send(piece('a'), piece('b'), step)
      await turns()
      expect(await read(stream)).toBe(`${'a'.repeat(16 * 1024)}${'b'.repeat(16 * 1024)}${last}`)
    }
  })

  it('has nothing to cancel after the end', async () => {
    const source = createSource()
    const recorder = record()
    const stream = source.open(recorder)
    source.send(bytes('a'), 'end')
    const reader = stream.getReader()
    while (!(await reader.read()).done);
    await reader.cancel()
    expect(source.cancelled()).toBe(0)
    expect(recorder.calls).toEqual(['transform', 'flush'])
  })
})
