// Who looks at requests on their way: metrics, traces, access logs. They may look, never change, and what they
// throw goes no further.
import { describeBug } from '../describe-bug.ts'
import type { Call, RawBody } from '../endpoints/endpoint.ts'
import type { AttemptRecord, Exchange } from '../exchange.ts'
import type { Ports } from '../ports.ts'

/** A whole answer in the client's dialect. */
export interface SeenReply {
  /** Parsed, where somebody has parsed it already. */
  readonly value: unknown
  readonly bytes: number
  readonly contentType: string
  text(): string
}

/** Who looks at the events of a stream, in the client's dialect. */
export interface ChunkVisitor {
  chunk(value: unknown): void
  /** An event that nobody has parsed, because its text shows that all others know what it says. */
  text(data: string): void
  /**
   * Asked before anybody looks at an event's text: true where it is like one that came by `text`, but for what it says
   * to a user. Then it has been taken, and has nothing to tell to anybody else.
   */
  repeats(data: string): boolean
}

export interface Observer {
  /** The request has come; nothing of it has been read. */
  open?(exchange: Exchange): void
  /**
   * The call has a route, or `exchange.route` is absent and it will be refused. `received`: the body as the client
   * sent it.
   */
  start?(exchange: Exchange, call: Call, received: RawBody): void
  attempt?(exchange: Exchange, attempt: AttemptRecord): void
  /** Headers on their way to a provider, lower-case names: the one thing that may be added to, by tracing. */
  outgoing?(exchange: Exchange, headers: Map<string, string>): void
  /**
   * Asked once for each stream that an attempt begins: who looks at its events, in the client's dialect.
   * Where nobody does, frames are not parsed for it.
   */
  chunks?(exchange: Exchange): ChunkVisitor | undefined
  reply?(exchange: Exchange, reply: SeenReply): void
  /** Once, whatever became of the request. */
  finish?(exchange: Exchange): void
}

/** Faults are logged at most once in this time. */
const quietMs = 60_000

/** Several observers as one. A hook that nobody has is absent, and one that throws costs nobody else anything. */
export function combineObservers(
  observers: readonly Observer[],
  ports: Pick<Ports, 'log' | 'now'>,
): Observer {
  let faults = 0
  let quietUntil = Number.NEGATIVE_INFINITY
  const blame = (error: unknown) => {
    faults++
    if (ports.now() < quietUntil) return
    quietUntil = ports.now() + quietMs
    ports.log('error', 'an observer failed', { error: describeBug(error), faults })
  }
  const combine = <Name extends keyof Observer>(name: Name) => {
    const own = observers.filter((observer) => observer[name] !== undefined)
    return own.length === 0 ? undefined : own
  }
  const tell = <Name extends Exclude<keyof Observer, 'chunks'>>(name: Name) => {
    const interested = combine(name)
    if (interested === undefined) return {}
    return {
      // Three, as many as any hook takes: a list of arguments would be made anew for each event.
      [name]: (first: unknown, second: unknown, third: unknown) => {
        for (const observer of interested) {
          try {
            // The cast: a hook and the arguments of that very hook, which TypeScript cannot pair by name.
            const hook = observer[name] as ((...event: unknown[]) => void) | undefined
            hook?.call(observer, first, second, third)
          } catch (error) {
            blame(error)
          }
        }
      },
    }
  }
  const readers = combine('chunks')
  const askReaders = (exchange: Exchange): ChunkVisitor | undefined => {
    const visitors = (readers ?? []).flatMap((observer) => {
      try {
        return observer.chunks?.(exchange) ?? []
      } catch (error) {
        blame(error)
        return []
      }
    })
    if (visitors.length === 0) return undefined
    const [only, ...others] = visitors
    const tellAll = (visit: (visitor: ChunkVisitor) => void) => {
      for (const visitor of visitors) {
        try {
          visit(visitor)
        } catch (error) {
          blame(error)
        }
      }
    }
    return {
      chunk: (value) => tellAll((visitor) => visitor.chunk(value)),
      text: (data) => tellAll((visitor) => visitor.text(data)),
      repeats(data) {
        if (others.length > 0) return false
        try {
          return only?.repeats(data) ?? false
        } catch (error) {
          blame(error)
          return false
        }
      },
    }
  }
  return {
    ...tell('open'),
    ...tell('start'),
    ...tell('attempt'),
    ...tell('outgoing'),
    ...tell('reply'),
    ...tell('finish'),
    ...(readers === undefined ? {} : { chunks: askReaders }),
  }
}
