/** The value where it is a string, else ''. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
