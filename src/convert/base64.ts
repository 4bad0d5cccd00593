// Base64 as clients write it (RFC 4648, sections 4 and 5), checked and straightened without decoding.

/**
 * The text in the standard alphabet with padding; the very same text where it is that already.
 * `undefined` where it is no base64.
 */
export function toStandardBase64(text: string): string | undefined {
  const padding = text.indexOf('=')
  const digits = padding < 0 ? text : text.slice(0, padding)
  if (padding >= 0 && !/^={1,2}$/.test(text.slice(padding))) return undefined
  if (/[^A-Za-z0-9+/]/.test(digits)) {
    return /[^\w-]/.test(digits)
      ? undefined
      : toStandardBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
  }
  const rest = digits.length % 4
  if (rest === 1) return undefined
  const whole = rest === 0 ? digits.length : digits.length + 4 - rest
  if (text.length === whole) return text
  return padding < 0 ? digits.padEnd(whole, '=') : undefined
}
