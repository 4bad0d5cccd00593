// The bounds that hold where a configuration sets none.

/** Bytes of a request body: 50 MiB. */
export const defaultMaxRequestBytes = 50 * 1024 * 1024

/** Bytes of one event of a stream: 16 MiB. */
export const defaultMaxFrameBytes = 16 * 1024 * 1024

/** Bytes of a unary answer or an error that has to be read whole: 64 MiB. */
export const maxAnswerBytes = 64 * 1024 * 1024

/** How long the status of a stream may wait for its first content. */
export const holdMs = 1000
