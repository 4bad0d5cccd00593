// Hosts a tap: whole events go to the client as the bytes that they are, and are looked at afterwards.
import { createSseFrame } from './frame.ts'
import { markerPattern } from './marker-pattern.ts'
import { createEventAligner, readEvents } from './sse-parser.ts'
import { createSseWriter } from './sse-writer.ts'
import type { BodyHost, BodyHostOptions } from './stream-host.ts'
import {
  createStreamState,
  describeFailure,
  endFailed,
  type StreamListener,
} from './stream-state.ts'
import type { BodyController, StreamFailure, Tap } from './stream-translator.ts'

/** An event that was cut off cannot be taken back, so no part of one is ever passed on. */
function isWholeEvent(text: string): boolean {
  // A CRLF that was cut in two leaves a lone line feed behind the last event.
  let whole = /^[\r\n]*$/.test(text)
  readEvents(text, (data) => {
    whole = data === '[DONE]' || createSseFrame(data, undefined).json() !== undefined
  })
  return whole
}

export function createTapHost(
  tap: Tap,
  listener: StreamListener,
  options: BodyHostOptions,
): BodyHost {
  const state = createStreamState(listener)
  const aligner = createEventAligner()
  const decoder = new TextDecoder()
  const pattern = markerPattern(tap.markers)
  const encoder = new TextEncoder()
  let control: BodyController | undefined

  const emit = (bytes: Uint8Array<ArrayBuffer>, controller: BodyController) => {
    listener.sent?.(bytes.length)
    controller.enqueue(bytes)
  }
  const look = (text: string) => {
    // Asked anew for each event: the first chunk may hold hundreds, and what the first two say is enough.
    const matters = (piece: string) => !tap.sparse() || pattern.test(piece)
    const { chunks } = listener
    const mayMatter = matters(text)
    if (!mayMatter && chunks === undefined) return
    readEvents(text, (data, event) => {
      try {
        if (chunks !== undefined && tap.sparse() && chunks.repeats(data)) return
        if (mayMatter && matters(data)) tap.frame(createSseFrame(data, event), state.meter)
        else chunks?.text(data)
      } catch {
        // Whatever a tap trips over, the client's bytes are not its business.
      }
    })
  }
  const fail = (failure: StreamFailure, controller: BodyController | undefined, before = '') => {
    if (state.over) return
    // What the provider has said about its failure has gone to the client in its own words.
    const told = state.failure !== undefined && !state.held
    state.failure ??= failure
    endFailed(state, controller, (reason, open) => {
      if (told) return
      const writer = createSseWriter()
      writer.raw(before)
      tap.failure(reason, writer)
      emit(encoder.encode(writer.take()), open)
    })
  }
  return {
    transformer: {
      start(controller) {
        control = controller
      },
      transform(chunk, controller) {
        if (state.over) return
        listener.activity()
        const whole = aligner.push(chunk)
        if (aligner.pending() > options.maxFrameBytes) {
          aligner.take()
          return fail(
            {
              status: 502,
              type: options.failureType,
              message: `an event of the provider is larger than ${options.maxFrameBytes} bytes`,
              origin: 'protocol',
            },
            controller,
          )
        }
        if (whole === undefined) return
        emit(whole, controller)
        look(decoder.decode(whole))
        if (state.failure !== undefined && state.held) fail(state.failure, controller)
      },
      flush(controller) {
        if (state.over) return
        const rest = aligner.take()
        let before = ''
        let cut = false
        if (rest.length > 0) {
          const text = decoder.decode(rest)
          cut = !isWholeEvent(text)
          if (!cut) {
            emit(rest, controller)
            look(text)
            before = '\n\n'
          }
        }
        if (state.failure !== undefined) return fail(state.failure, controller)
        tap.end(state.meter)
        const failure: StreamFailure | undefined = cut
          ? {
              status: 502,
              type: options.failureType,
              message: 'the provider ended the stream inside an event',
            }
          : state.failure
        if (failure === undefined) return state.settle('complete')
        state.failure = undefined
        fail({ ...failure, origin: 'protocol' }, controller, before)
      },
      fail(error, controller) {
        fail(describeFailure(error, options.failureType), controller)
      },
      cancel() {
        state.settle('client-gone')
      },
    },
    release() {
      state.held = false
    },
    interrupt(failure) {
      fail(failure, control)
    },
  }
}
