// One span for each call, whatever became of it. What a span says is the vocabulary's business; how it is kept and
// sent, the tracer's.
import type { Call, RawBody } from '../endpoints/endpoint.ts'
import type { AttemptRecord, Exchange } from '../exchange.ts'
import type { HeaderReader } from '../ports.ts'
import { parseChunk } from './fold/parse-chunk.ts'
import { type HeaderAttribute, readAttributes } from './header-attributes.ts'
import type { Observer, SeenReply } from './observer.ts'
import { providerOf } from './semconv.ts'
import type { Attributes, CallFailure, SpanSet, StreamFold, Vocabulary } from './spans/span-set.ts'

/** A span under way. */
export interface ActiveSpan {
  /** False: it is not kept, but its context is passed on all the same. */
  readonly recording: boolean
  set(attributes: Attributes): void
  event(name: string, attributes?: Attributes): void
  /** Writes the headers that let the trace go on at a provider. */
  inject(headers: Map<string, string>): void
  /** The time at which it ends; what is added afterwards happened by then. */
  stop(): void
  end(status: { readonly ok: true } | { readonly ok: false; readonly message: string }): void
}

export interface Tracer {
  start(name: string, kind: Vocabulary['kind'], incoming: HeaderReader): ActiveSpan
}

export interface TracingOptions {
  readonly tracer: Tracer
  readonly vocabulary: Vocabulary
  readonly headerAttributes: readonly HeaderAttribute[]
  /** Runs work soon, when answers have gone out; default: at once. What it throws is for it to tell. */
  readonly later?: (work: () => void) => void
}

export interface Tracing extends Observer {
  /** Ends what is under way: the gateway stops. */
  endAll(): void
}

interface Traced {
  readonly span: ActiveSpan
  readonly set: SpanSet
  readonly exchange: Exchange
  readonly call: Call
  readonly received: RawBody
  fold: StreamFold | undefined
  reply: SeenReply | undefined
  /** Its place among those under way. */
  place: number
}

// The cast: nobody else writes it.
const tracedOf = (exchange: Exchange) => exchange.tracing as Traced | undefined

export function createTracing(options: TracingOptions): Tracing {
  const { tracer, vocabulary, headerAttributes, later = (work) => work() } = options
  const underWay: Traced[] = []

  const leave = (traced: Traced) => {
    // Others keep the exchange for a while; they shall not keep a whole stream with it.
    traced.exchange.tracing = undefined
    const last = underWay.pop()
    if (last === undefined || last === traced) return
    last.place = traced.place
    underWay[traced.place] = last
  }

  const start = (exchange: Exchange, call: Call, received: RawBody) => {
    const set = vocabulary.spansFor(exchange.endpoint)
    if (set === undefined) return
    const name = vocabulary.namesModel && call.model !== '' ? `${set.name} ${call.model}` : set.name
    const span = tracer.start(name, vocabulary.kind, exchange.incoming.headers)
    const traced: Traced = {
      span,
      set,
      exchange,
      call,
      received,
      fold: undefined,
      reply: undefined,
      place: underWay.length,
    }
    underWay.push(traced)
    exchange.tracing = traced
  }
  const describeCall = ({ span, set, call, received, exchange }: Traced) => {
    span.set(set.request(call, received))
    span.set(readAttributes(headerAttributes, exchange.incoming.headers))
  }
  const attempt = (exchange: Exchange, record: AttemptRecord) => {
    const traced = tracedOf(exchange)
    if (traced === undefined || !traced.span.recording) return
    const { span } = traced
    traced.fold = undefined
    const failed = exchange.attempts[record.index - 1]
    if (failed !== undefined) {
      span.event('attempt', {
        'aigw.backend': failed.backend.name,
        'aigw.attempt': failed.index,
        'http.response.status_code': failed.status,
      })
    }
    if (record.target.model !== exchange.model) {
      span.set({ 'aigw.upstream.model': record.target.model })
    }
    if (!vocabulary.namesProvider) return
    const { hostname, port, protocol } = new URL(record.origin)
    span.set({
      'gen_ai.provider.name': providerOf(record.backend.schema.name),
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    })
  }
  const finish = (exchange: Exchange) => {
    const traced = tracedOf(exchange)
    if (traced === undefined) return
    leave(traced)
    const { span } = traced
    if (!span.recording) return span.end({ ok: true })
    span.stop()
    // All of it in a row, and behind the answer: to do it in between would cost twice as much, and the client's time.
    later(() => describe(traced))
  }
  const describe = (traced: Traced) => {
    const { span, set, exchange, reply, fold } = traced
    describeCall(traced)
    if (reply !== undefined) span.set(set.reply(reply))
    if (exchange.outcome === 'failed') {
      // A stream that broke has been seen as far as it came.
      if (exchange.errorBody === undefined) tellFold(span, fold)
      return endFailed(span, failureOf(exchange))
    }
    tellFold(span, fold)
    if (exchange.outcome === 'client-gone') {
      return span.end({ ok: false, message: 'client closed request' })
    }
    // The provider has told of its failure in its own words, inside of a stream that ended well.
    const failure = fold?.failure?.()
    if (failure !== undefined) {
      return span.end({ ok: false, message: vocabulary.tellsErrors ? failure : failedInStream })
    }
    span.end({ ok: true })
  }
  const endFailed = (span: ActiveSpan, failure: CallFailure) => {
    const { attributes, exception, message } = vocabulary.failure(failure)
    span.set(attributes)
    if (exception !== undefined) {
      span.event('exception', {
        'exception.type': exception.type,
        'exception.message': exception.message,
      })
    }
    span.end({ ok: false, message })
  }
  return {
    start,
    attempt,
    outgoing: (exchange, headers) => tracedOf(exchange)?.span.inject(headers),
    chunks(exchange) {
      const traced = tracedOf(exchange)
      if (traced === undefined || !traced.span.recording) return undefined
      const fold = traced.set.fold?.()
      traced.fold = fold
      if (fold === undefined) return undefined
      const note = (event: string | undefined) => {
        if (event !== undefined) traced.span.event(event)
      }
      return {
        chunk: (value) => note(fold.add(value)),
        text(data) {
          if (fold.addText !== undefined) note(fold.addText(data))
          else note(fold.add(parseChunk(data)))
        },
        repeats: (data) => fold.repeats?.(data) ?? false,
      }
    },
    reply(exchange, reply) {
      const traced = tracedOf(exchange)
      if (traced !== undefined) traced.reply = reply
    },
    finish,
    endAll() {
      for (const traced of underWay.splice(0)) {
        const { span, fold, exchange } = traced
        exchange.tracing = undefined
        if (span.recording) {
          describeCall(traced)
          tellFold(span, fold)
        }
        span.end({ ok: false, message: 'gateway shutdown' })
      }
    },
  }
}

const failedInStream = 'the stream tells of an error'

function tellFold(span: ActiveSpan, fold: StreamFold | undefined): void {
  if (fold === undefined) return
  span.set(fold.attributes())
  if (fold.truncated()) span.set({ 'aigw.span.truncated': true })
}

/** Inside of a stream there is no body of an error, only its message. */
function failureOf({ error, errorBody, status }: Exchange): CallFailure {
  return { status: error?.status ?? status, body: errorBody ?? error?.message ?? '' }
}
