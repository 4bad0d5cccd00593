// What came of one try at one backend.
import type { GatewayError } from './errors.ts'
import type { UpstreamResponse } from './ports.ts'
import type { StreamFailure } from './streams/stream-translator.ts'
import type { Reply, ReplyHead, WholeReply } from './translate/translator.ts'

/** What came of a try. `error` is a provider's own status outside 2xx, its body not read yet. */
export type TryResult =
  | {
      readonly kind: 'stream'
      readonly head: ReplyHead
      readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
      readonly rewritten: boolean
    }
  | {
      readonly kind: 'whole'
      readonly head: ReplyHead
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly text: string
      readonly answer: WholeReply
      /** It says that it is JSON, and is not. */
      readonly garbled: boolean
    }
  | {
      readonly kind: 'unread'
      readonly head: ReplyHead
      readonly model: string
      /** Absent where the provider sends no body. */
      readonly body: ReadableStream<Uint8Array> | undefined
      /** To be told of each piece of the body, while it passes. */
      readonly onActivity: () => void
    }
  | {
      readonly kind: 'error'
      readonly head: ReplyHead
      readonly reply: Reply
      readonly response: UpstreamResponse
      /** To be told of each piece of the body, while it is read. */
      readonly onActivity: () => void
    }
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly failure?: StreamFailure }
