// `setTimeout` for any length of time: by itself it fires at once where that is longer than it can count.

/** Almost 25 days. */
const longestMs = 2 ** 31 - 1

/** Calls `work` once after `ms`; returns what cancels it. */
export function schedule(work: () => void, ms: number): () => void {
  let left = ms
  let timer: ReturnType<typeof setTimeout>
  const wait = () => {
    const step = Math.min(left, longestMs)
    left -= step
    timer = setTimeout(left > 0 ? wait : work, step)
  }
  wait()
  return () => clearTimeout(timer)
}
