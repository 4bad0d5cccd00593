// What retries and health checks go by.

/** How an attempt came out, as far as others must know. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | {
      readonly kind: 'failed'
      readonly cause: 'connect' | 'reset' | 'timeout' | 'idle' | 'protocol' | 'credential'
    }
