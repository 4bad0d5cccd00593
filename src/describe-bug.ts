// An error that nobody expected, for the log.

/**
 * Its trace, without what is quoted in its message: engines put the text that they could not read there,
 * which may be a body or a credential (`Unexpected token 'k', "key: …" is not valid JSON`).
 */
export function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return withoutQuotes(String(error))
  const { name, message, stack = '' } = error
  const at = stack.indexOf('\n    at ')
  return `${name}: ${withoutQuotes(message)}${at < 0 ? '' : stack.slice(at)}`
}

/** From the first quote to the last: what is inside may have quotes itself. */
const withoutQuotes = (text: string) => text.replace(/".*"/s, '"…"')
