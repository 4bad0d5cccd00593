// Keys in queries are credentials: where a path or a URL is shown, their values are not.

const mark = '[REDACTED]'

const secretMember =
  /([?&](?:[^\s=&#"']*[-_.])?(?:key|apikey|token|signature|sig|secret|password|passwd|credential|assertion|code)=)[^\s&#"']*/gi

/** Of a path, or of a text with URLs in it. */
export function maskQuery(text: string): string {
  return text.includes('?') ? text.replace(secretMember, `$1${mark}`) : text
}
