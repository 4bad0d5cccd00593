/** One clean absolute path: no empty segments, no trailing slash, `.` and `..` resolved. */
export function joinPath(...parts: readonly string[]): string {
  const text = `/${parts.join('/')}`
  if (/^(?:\/[\w-][\w.-]*)+$/.test(text)) return text
  const segments: string[] = []
  for (const segment of parts.join('/').split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}
