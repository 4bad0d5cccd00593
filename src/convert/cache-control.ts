// Anthropic's `cache_control`, which chat clients put on parts, tools, calls and messages.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import { isRecord } from '../json/is-record.ts'
import type { CacheControl } from '../wire/anthropic/messages.ts'

/** `undefined` for anything that does not ask for caching. */
export function readCacheControl(value: unknown): CacheControl | undefined {
  if (!isRecord(value) || value.type !== 'ephemeral') return undefined
  const { ttl } = value
  return ttl === '5m' || ttl === '1h' ? { type: 'ephemeral', ttl } : { type: 'ephemeral' }
}

/** The last marker among the parts, which then stands for all of them. */
export function lastCacheControl(
  content: string | readonly { readonly cache_control?: unknown }[],
): CacheControl | undefined {
  if (typeof content === 'string') return undefined
  return readCacheControl(
    content.findLast((part) => readCacheControl(part.cache_control))?.cache_control,
  )
}
