// Hosts a rewrite: frames in, the client's events out, at most one chunk out for each chunk in.
import { createAwsChunkDecoder } from './aws-chunks.ts'
import { createAwsEventStreamDecoder } from './aws-event-stream.ts'
import type { FrameDecoder } from './frame.ts'
import { createLooseSseDecoder, createSseDecoder } from './sse-decoder.ts'
import { createSseWriter } from './sse-writer.ts'
import type { BodyHost, BodyHostOptions } from './stream-host.ts'
import {
  createStreamState,
  describeFailure,
  endFailed,
  type StreamListener,
} from './stream-state.ts'
import type {
  BodyController,
  Frame,
  Framing,
  Rewrite,
  SseWriter,
  StreamFailure,
} from './stream-translator.ts'

const decoders: Readonly<
  Record<Framing, (visit: (frame: Frame) => void, maxFrameBytes: number) => FrameDecoder>
> = {
  sse: createSseDecoder,
  'sse-or-json': createLooseSseDecoder,
  'aws-event-stream': createAwsEventStreamDecoder,
  'aws-chunks': createAwsChunkDecoder,
}

export function createRewriteHost(
  rewrite: Rewrite,
  listener: StreamListener,
  options: BodyHostOptions,
): BodyHost {
  const state = createStreamState(listener)
  const writer = createSseWriter()
  // What a translator writes is the answer in the client's dialect; a failure is told another way.
  const watched: SseWriter = state.meter.wantsChunks
    ? {
        send(value, event) {
          writer.send(value, event)
          state.meter.chunk(value)
        },
        raw: writer.raw,
      }
    : writer
  const encoder = new TextEncoder()
  let control: BodyController | undefined

  const decoder = decoders[rewrite.framing]((frame) => {
    if (state.failure === undefined) rewrite.frame(frame, watched, state.meter)
  }, options.maxFrameBytes)

  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      state.failure ??= describeFailure(error, options.failureType)
    }
  }
  const flushWriter = (controller: BodyController) => {
    const text = writer.take()
    if (text === '') return
    const bytes = encoder.encode(text)
    listener.sent?.(bytes.length)
    controller.enqueue(bytes)
  }
  const tell = (failure: StreamFailure, controller: BodyController) => {
    rewrite.failure(failure, writer)
    flushWriter(controller)
  }
  return {
    transformer: {
      start(controller) {
        control = controller
      },
      transform(chunk, controller) {
        if (state.over) return
        listener.activity()
        attempt(() => decoder.push(chunk))
        if (state.failure !== undefined) return endFailed(state, controller, tell)
        flushWriter(controller)
      },
      flush(controller) {
        if (state.over) return
        attempt(() => {
          decoder.end()
          if (state.failure !== undefined) return
          rewrite.end(watched, state.meter)
          state.failAs('protocol')
        })
        if (state.failure !== undefined) return endFailed(state, controller, tell)
        flushWriter(controller)
        state.settle('complete')
      },
      fail(error, controller) {
        if (state.over) return
        state.failure ??= describeFailure(error, options.failureType)
        endFailed(state, controller, tell)
      },
      cancel() {
        state.settle('client-gone')
      },
    },
    release() {
      state.held = false
    },
    interrupt(failure) {
      if (state.over) return
      state.failure ??= failure
      endFailed(state, control, tell)
    },
  }
}
