// Runs cases one after another and says what came of each.

const limitMs = 20_000

/**
 * `cases` by name; tells `{ name, error?, skipped? }` of each, both texts. `skipped`: reasons by the names of cases
 * that a runtime cannot pass.
 */
export async function runCases(cases, world, tell, skipped = {}) {
  for (const name of Object.keys(skipped)) {
    if (!Object.hasOwn(cases, name)) tell({ name, error: 'no such case to leave out' })
  }
  for (const [name, run] of Object.entries(cases)) {
    if (Object.hasOwn(skipped, name)) {
      tell({ name, skipped: skipped[name] })
      continue
    }
    let timer
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limitMs} ms`)), limitMs)
    })
    try {
      await Promise.race([run(world), limit])
      tell({ name })
    } catch (error) {
      tell({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    } finally {
      clearTimeout(timer)
    }
  }
}
