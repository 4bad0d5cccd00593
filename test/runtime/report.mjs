// Runs cases one after another and says what came of each.

const limitMs = 20_000

/** `cases` by name; returns `{ name, error? }` for each, `error` a text. */
export async function runCases(cases, world, tell) {
  for (const [name, run] of Object.entries(cases)) {
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
