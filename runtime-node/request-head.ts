// What a request's head is asked before anything else, in one look at its names.

/** `underscores`: some name holds one. */
export type RequestHead = 'plain' | 'underscores' | 'two-hosts'

/** Names and values in turn, as Node has them. */
export function judgeHead(rawHeaders: readonly string[]): RequestHead {
  let hosts = 0
  let head: RequestHead = 'plain'
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    // Node takes the first of several; who stands before us may have taken another.
    if (name.length === 4 && name.toLowerCase() === 'host' && ++hosts > 1) return 'two-hosts'
    if (name.includes('_')) head = 'underscores'
  }
  return head
}
