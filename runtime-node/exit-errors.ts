// The two failures that end the command with a line of text and a code, never with a stack trace.

/** A command line or environment that makes no sense: `aigw: error: …`, exit 80. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Anything that stops `run`: `Error running: …`, exit 1. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

export const exitCodes = { ok: 0, failed: 1, usage: 80 } as const

/** What to tell a person about a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
