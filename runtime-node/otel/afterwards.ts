// Work that waits until the answers of this turn of the event loop have gone out, and is then done in a row.

export interface Afterwards {
  add(work: () => void): void
  /** Does at once what is left. */
  finish(): void
}

/** `onError`: of a piece of work; the others are done all the same. */
export function createAfterwards(onError: (error: unknown) => void): Afterwards {
  let waiting: (() => void)[] = []
  const finish = () => {
    const due = waiting
    waiting = []
    for (const work of due) {
      try {
        work()
      } catch (error) {
        onError(error)
      }
    }
  }
  return {
    add(work) {
      if (waiting.length === 0) setImmediate(finish)
      waiting.push(work)
    },
    finish,
  }
}
