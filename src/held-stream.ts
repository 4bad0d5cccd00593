// A stream whose status waits for its first content.
import type { Cancellation } from './cancellation.ts'
import { GatewayError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Lifeline } from './lifeline.ts'
import { holdMs } from './limits.ts'
import type { Observer } from './observe/observer.ts'
import type { Ports, UpstreamResponse } from './ports.ts'
import { createBodyHost, translateBody } from './streams/body-host.ts'
import type { StreamFailure, StreamTranslator } from './streams/stream-translator.ts'

export interface HoldInput {
  readonly response: UpstreamResponse
  readonly translator: StreamTranslator
  readonly exchange: Exchange
  readonly client: Cancellation
  readonly lifeline: Lifeline
  readonly failureType: string
  readonly maxFrameBytes: number
  readonly observer: Observer
  readonly onActivity: () => void
  readonly ports: Ports
}

export type HeldStream =
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> }
  | { readonly kind: 'failed'; readonly failure: StreamFailure }

/**
 * Waits with the status until the stream carries content or an error, or a second has passed: what
 * fails before that costs the client nothing.
 */
export function holdStream(input: HoldInput): Promise<HeldStream> {
  const { translator, exchange, ports, lifeline, failureType } = input
  return new Promise((resolve) => {
    let waiting = true
    const answer = (): HeldStream => ({ kind: 'stream', stream })
    const settleWait = (result: () => HeldStream) => {
      if (!waiting) return
      waiting = false
      cancelTimer()
      // Not at once: the stream that is answered with may just be under construction.
      queueMicrotask(() => resolve(result()))
    }
    const cancelTimer = ports.schedule(() => {
      host.release()
      settleWait(answer)
    }, holdMs)
    const host = createBodyHost(
      translator,
      {
        usage: exchange.count,
        model(name) {
          exchange.responseModel = name
        },
        chunks: input.observer.chunks?.(exchange),
        activity() {
          exchange.firstChunkAt ??= exchange.now()
          exchange.chunks++
          input.onActivity()
        },
        sent(bytes) {
          exchange.sentBytes += bytes
        },
        content: () => settleWait(answer),
        ended(how, failure) {
          if (waiting && how === 'failed' && failure !== undefined) {
            return settleWait(() => ({ kind: 'failed', failure }))
          }
          if (failure !== undefined) exchange.error = errorOfFailure(failure)
          settleWait(answer)
          // A short answer may have come as a whole before its head goes out.
          if (!input.client.cancelled) exchange.status = input.response.status
          exchange.finish(input.client.cancelled ? 'client-gone' : how)
        },
      },
      { maxFrameBytes: input.maxFrameBytes, failureType },
    )
    lifeline.attach(host, failureType)
    const stream = translateBody(input.response, host.transformer)
  })
}

const kinds = {
  transport: 'upstream-reset',
  protocol: 'upstream-protocol',
  timeout: 'upstream-timeout',
  idle: 'upstream-idle',
} as const

/** A stream's failure where nothing of it has been handed out: an error like any other. */
export function errorOfFailure(failure: StreamFailure): GatewayError {
  return new GatewayError(
    failure.origin === undefined ? 'upstream-protocol' : kinds[failure.origin],
    failure.message,
    {
      status: failure.status,
      type: failure.type,
      ...(failure.code === undefined ? {} : { code: failure.code }),
    },
  )
}
