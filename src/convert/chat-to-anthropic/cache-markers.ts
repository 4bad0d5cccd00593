// How many markers a request may have, and the one that stands for the whole request.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import type { RawJson } from '../../json/raw-json.ts'
import type {
  Block,
  Cacheable,
  CacheControl,
  Message,
  ServerTool,
  TextBlock,
  Tool,
} from '../../wire/anthropic/messages.ts'

const maxMarkers = 4

interface CacheableRequest {
  readonly tools: readonly (Tool | ServerTool | RawJson)[]
  readonly system: readonly TextBlock[]
  readonly messages: readonly Message[]
}

/**
 * At most as many markers as Anthropic takes. The oldest in messages go first: a later marker covers
 * what they covered.
 */
export function limitCacheMarkers(request: CacheableRequest): CacheableRequest {
  const { tools, system, messages } = request
  const count = (list: readonly object[]) => list.filter(isMarked).length
  let excess = count(tools) + count(system) - maxMarkers
  for (const { content } of messages) excess += count(content)
  if (excess <= 0) return request
  const thinOut = <Part extends object>(list: readonly Part[]): Part[] =>
    list.map((part) =>
      isMarked(part) && excess-- > 0 ? { ...part, cache_control: undefined } : part,
    )
  // In this order: each call takes from what is left of the excess.
  const leaner = messages.map((message) => ({ ...message, content: thinOut(message.content) }))
  return { messages: leaner, tools: thinOut(tools), system: thinOut(system) }
}

function isMarked(part: object): part is Cacheable {
  return 'cache_control' in part && part.cache_control !== undefined
}

/** The blocks, with the marker on the last one that can carry it; one that is there already stays. */
export function markLast<Part extends Block>(
  blocks: readonly Part[],
  marker: CacheControl | undefined,
): readonly Part[] {
  if (marker === undefined) return blocks
  const last = blocks.findLastIndex(
    ({ type }) => type !== 'thinking' && type !== 'redacted_thinking',
  )
  return blocks.map((block, index) =>
    index === last && !isMarked(block) ? { ...block, cache_control: marker } : block,
  )
}
