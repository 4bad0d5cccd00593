/** A token count as a provider reports it: never below 0; `undefined` for what is no number. */
export function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : undefined
}
