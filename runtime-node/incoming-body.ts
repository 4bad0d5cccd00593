// The body of a provider's answer as undici's callbacks deliver it: collected, or run through a transformer
// in the callback itself, which saves a stream.
import type { Dispatcher } from 'undici'
import {
  type BodyController,
  type BodyTransformer,
  bodyHighWaterMark,
  GatewayError,
  maxAnswerBytes,
} from '../src/index.ts'

type Bytes = Uint8Array<ArrayBuffer>

interface Sink {
  data(chunk: Bytes): void
  end(): void
  fail(error: unknown): void
}

export interface IncomingBody extends Sink {
  begin(controller: Dispatcher.DispatchController): void
  /** Any one of the following, once. */
  bytes(onActivity?: () => void): Promise<Bytes>
  through(transformer: BodyTransformer): ReadableStream<Bytes>
  stream(): ReadableStream<Bytes>
}

export function createIncomingBody(): IncomingBody {
  let control: Dispatcher.DispatchController | undefined
  let sink: Sink | undefined
  // Chunks come in the same turn as the head, before anybody can have asked for them.
  let early: Bytes[] = []
  let earlyBytes = 0
  let ended = false
  let failure: { readonly error: unknown } | undefined

  const attach = (to: Sink) => {
    sink = to
    for (const chunk of early) to.data(chunk)
    early = []
    if (failure !== undefined) to.fail(failure.error)
    else if (ended) to.end()
    else if (earlyBytes > bodyHighWaterMark) control?.resume()
  }
  const abort = (reason: string) => {
    if (!ended && failure === undefined) control?.abort(new Error(reason))
  }
  const body: IncomingBody = {
    begin(controller) {
      control = controller
    },
    data(chunk) {
      if (sink !== undefined) return sink.data(chunk)
      early.push(chunk)
      earlyBytes += chunk.length
      if (earlyBytes > bodyHighWaterMark) control?.pause()
    },
    end() {
      ended = true
      sink?.end()
    },
    fail(error) {
      failure = { error }
      sink?.fail(error)
    },
    bytes: (onActivity) => {
      // A short answer has come whole, in the turn of its head.
      if (ended && sink === undefined && failure === undefined && earlyBytes <= maxAnswerBytes) {
        onActivity?.()
        const [first] = early
        return Promise.resolve(
          early.length === 1 && first ? first : Buffer.concat(early, earlyBytes),
        )
      }
      return new Promise((resolve, reject) => {
        const chunks: Bytes[] = []
        let length = 0
        attach({
          data(chunk) {
            onActivity?.()
            chunks.push(chunk)
            length += chunk.length
            if (length <= maxAnswerBytes) return
            reject(new GatewayError('upstream-protocol', 'the answer of the provider is too large'))
            abort('too large')
          },
          end() {
            const [first] = chunks
            resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, length))
          },
          fail: reject,
        })
      })
    },
    through: (transformer) => runThrough(transformer, attach, () => control, abort),
    stream: () => runThrough(passing, attach, () => control, abort),
  }
  return body
}

const passing: BodyTransformer = {
  start() {},
  // The cast: a chunk from a socket is never shared memory.
  transform: (chunk, controller) => controller.enqueue(chunk as Bytes),
  flush() {},
  fail(error) {
    throw error
  },
  cancel() {},
}

function runThrough(
  transformer: BodyTransformer,
  attach: (sink: Sink) => void,
  control: () => Dispatcher.DispatchController | undefined,
  abort: (reason: string) => void,
): ReadableStream<Bytes> {
  let over = false
  let paused = false
  return new ReadableStream<Bytes>(
    {
      start(stream) {
        const controller: BodyController = {
          enqueue(chunk) {
            if (!over) stream.enqueue(chunk)
          },
          terminate() {
            if (over) return
            over = true
            stream.close()
            abort('the stream has ended')
          },
        }
        const close = () => {
          if (over) return
          over = true
          stream.close()
        }
        transformer.start(controller)
        attach({
          data(chunk) {
            if (over) return
            transformer.transform(chunk, controller)
            if (over || queuedBytes(stream) < bodyHighWaterMark) return
            paused = true
            control()?.pause()
          },
          end() {
            if (!over) transformer.flush(controller)
            close()
          },
          fail(error) {
            if (over) return
            try {
              transformer.fail(error, controller)
              close()
            } catch (reason) {
              over = true
              stream.error(reason)
            }
          },
        })
      },
      pull() {
        if (!paused) return
        paused = false
        control()?.resume()
      },
      cancel(reason) {
        if (over) return
        over = true
        transformer.cancel(reason)
        abort('the reader has gone')
      },
    },
    // A stream that wants more of its own accord asks for it with each chunk: a promise and a turn for nothing.
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  )
}

/** Of a stream with a high water mark of 0. */
const queuedBytes = ({ desiredSize }: ReadableStreamDefaultController) => -(desiredSize ?? 0)
