// Several requests for one answer, a few at a time.

/** How many are under way at once. */
const concurrency = 8

/**
 * Asks for each of the items; the answers are in their order. The first answer that is not good, or the first
 * failure, keeps the rest from being asked, and is what comes of it all once nothing is under way any more.
 */
export async function askEach<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
): Promise<readonly Answer[] | { readonly bad: Answer }> {
  const answers: Answer[] = []
  let next = 0
  let bad: { readonly bad: Answer } | undefined
  let failure: { readonly error: unknown } | undefined
  const work = async () => {
    while (bad === undefined && failure === undefined && next < items.length) {
      const index = next++
      try {
        // The cast: `index` is below the length.
        const answer = await ask(items[index] as Item)
        if (isGood(answer)) answers[index] = answer
        else bad ??= { bad: answer }
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  if (failure !== undefined) throw failure.error
  return bad ?? answers
}
