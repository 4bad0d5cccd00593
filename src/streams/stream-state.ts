// What both hosts keep about a stream: whether it is still held, how it failed, and that it ends once.
import { type ErrorKind, GatewayError } from '../errors.ts'
import type { Usage } from '../usage/usage.ts'
import type { BodyController, Meter, StreamEnd, StreamFailure } from './stream-translator.ts'

/** Who looks at the events of a stream. */
export interface ChunkListener {
  chunk(value: unknown): void
  /** An event that nobody else had to parse. */
  text(data: string): void
  /** Takes an event that is like one that came by `text`, but for what it says; false: it is not. */
  repeats(data: string): boolean
}

/** Who wants to know what a stream says about itself. */
export interface StreamListener {
  usage(usage: Usage): void
  model(name: string): void
  /** Absent: nobody looks at events. */
  readonly chunks?: ChunkListener | undefined
  /** A chunk of bytes has come. */
  activity(): void
  /** So many bytes go to the client. */
  sent?(bytes: number): void
  /** The first content has come: the answer is committed. At most once. */
  content(): void
  /** Exactly once; `failure` with `failed`. */
  ended(how: StreamEnd, failure: StreamFailure | undefined): void
}

/**
 * A stream begins *held*: a failure is only reported, so that another backend can still be asked.
 * The first content, or `release`, commits it; from then on the client is told of a failure.
 */
export interface StreamState {
  readonly meter: Meter
  held: boolean
  over: boolean
  failure: StreamFailure | undefined
  /** Notes where a failure, if there is one, was found. */
  failAs(origin: NonNullable<StreamFailure['origin']>): void
  settle(how: StreamEnd): void
}

export function createStreamState(listener: StreamListener): StreamState {
  const state: StreamState = {
    held: true,
    over: false,
    failure: undefined,
    failAs(origin) {
      if (state.failure !== undefined) state.failure = { ...state.failure, origin }
    },
    settle(how) {
      if (state.over) return
      state.over = true
      listener.ended(how, state.failure)
    },
    meter: {
      usage: (usage) => listener.usage(usage),
      model: (name) => listener.model(name),
      wantsChunks: listener.chunks !== undefined,
      chunk: (value) => listener.chunks?.chunk(value),
      text(data) {
        if (listener.chunks?.repeats(data) === false) listener.chunks.text(data)
      },
      content() {
        if (!state.held) return
        state.held = false
        listener.content()
      },
      fail(failure) {
        state.failure ??= failure
      },
    },
  }
  return state
}

/** The end of a stream that has failed. `tell` is asked only where the client has had something before. */
export function endFailed(
  state: StreamState,
  controller: BodyController | undefined,
  tell: (failure: StreamFailure, controller: BodyController) => void,
): void {
  if (!state.held && state.failure !== undefined && controller !== undefined) {
    tell(state.failure, controller)
  }
  state.settle('failed')
  controller?.terminate()
}

/**
 * What a broken stream is called. `type` is the `error.type` of the backend's failures, for example
 * `OpenAIBackendError`. The text of an unknown error is kept back: it may hold anything.
 */
export function describeFailure(error: unknown, type: string): StreamFailure {
  if (GatewayError.is(error)) {
    const origin = origins[error.kind] ?? 'protocol'
    const { status, message } = error
    const isTime = origin === 'timeout' || origin === 'idle'
    return {
      status,
      type: error.type ?? type,
      message,
      ...(isTime ? { code: error.code } : {}),
      origin,
    }
  }
  return { status: 503, type, message: 'the provider broke off its answer', origin: 'transport' }
}

const origins: Partial<Readonly<Record<ErrorKind, NonNullable<StreamFailure['origin']>>>> = {
  'upstream-reset': 'transport',
  'upstream-unreachable': 'transport',
  'upstream-timeout': 'timeout',
  'upstream-idle': 'idle',
}
