// The garbage of a large body, given back at once. It is memory outside V8's heap, of which V8 lets 32 MiB pile up
// before it looks for what nobody needs any more.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/** Frees what has just become garbage: milliseconds, so only for what is large. */
export function collectYoungGarbage(): void {
  collect ??= findCollector()
  collect()
}

/** https://nodejs.org/api/cli.html#--expose-gc, for the one context that is asked here. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return typeof gc === 'function' ? () => gc({ type: 'minor' }) : () => {}
}
