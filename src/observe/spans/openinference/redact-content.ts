// A copy of a body without what must not be seen: texts, images, or images that are too long.
import { isRecord } from '../../../json/is-record.ts'

export const redacted = '__REDACTED__'

export interface ContentRule {
  readonly text: boolean
  readonly images: boolean
  /** Characters of a data URL. */
  readonly maxImageLength: number
}

/** Members that say what a content is, not what is in it. */
const structural = new Set([
  'type',
  'role',
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'name',
  'media_type',
  'format',
  'detail',
  'status',
  'object',
  'model',
  'finish_reason',
  'stop_reason',
])

/** `keys`: the members of the body that hold content. */
export function redactContent(
  body: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  rule: ContentRule,
): Record<string, unknown> {
  const wanted = new Set(keys)
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      wanted.has(key) ? redactValue(value, '', rule, false) : value,
    ]),
  )
}

function redactValue(value: unknown, key: string, rule: ContentRule, inImage: boolean): unknown {
  if (typeof value === 'string') return redactText(value, key, rule, inImage)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key, rule, inImage))
  if (!isRecord(value)) {
    // Tokens are texts in another spelling.
    return typeof value === 'number' && rule.text && !structural.has(key) ? 0 : value
  }
  const isImage = inImage || value['type'] === 'image' || key === 'image_url'
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactValue(member, name, rule, isImage)]),
  )
}

function redactText(text: string, key: string, rule: ContentRule, inImage: boolean): string {
  if (structural.has(key)) return text
  if (isDataImage(text) || (inImage && key === 'data') || key === 'b64_json') {
    return rule.images || isTooLong(text, rule.maxImageLength) ? redacted : text
  }
  if (inImage || key === 'image_url') return rule.images ? redacted : text
  return rule.text && text !== '' ? redacted : text
}

const isDataImage = (text: string) => text.startsWith('data:image/') && text.includes('base64')

/** The limit counts bytes; what is longer in characters is longer in bytes too. */
function isTooLong(text: string, limit: number): boolean {
  if (text.length > limit) return true
  // Data URLs are ASCII, save for a media type that somebody has made up.
  return text.length * 3 > limit && new TextEncoder().encode(text).length > limit
}

/** The URL of an image as a span may show it; a limit of 0 or less shows none that is inline. */
export function redactImageUrl(url: string, maxImageLength: number): string {
  return isDataImage(url) && isTooLong(url, maxImageLength) ? redacted : url
}

/** Whether a text may hold an image that is too long, before it is parsed to find out. */
export const mayHoldLongImage = (text: string, maxImageLength: number) =>
  text.length > maxImageLength &&
  (text.includes('data:image/') || text.includes('"base64"') || text.includes('b64_json'))
