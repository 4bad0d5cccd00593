// Anthropic's `cache_control` as cache points, blocks of their own behind what they close.
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
import type {
  CachePoint,
  ConverseMessage,
  SystemBlock,
  ToolSpec,
} from '../../wire/bedrock/converse.ts'
import { readCacheControl } from '../cache-control.ts'

/** What Bedrock takes in one request. */
const maxCachePoints = 4

/** The block and, if `cacheControl` asks for one, the point behind it. */
export function withCachePoint<Block>(
  block: Block,
  cacheControl: unknown,
): readonly [Block, ...CachePoint[]] {
  const control = readCacheControl(cacheControl)
  if (control === undefined) return [block]
  const { ttl } = control
  const point: CachePoint = {
    cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) },
  }
  return [block, point]
}

interface Cacheable {
  readonly tools: readonly (ToolSpec | CachePoint)[]
  readonly system: readonly SystemBlock[]
  readonly messages: readonly ConverseMessage[]
}

/**
 * At most as many points as Bedrock takes. The oldest in messages go first: a later point covers
 * what they covered.
 */
export function limitCachePoints(request: Cacheable): Cacheable {
  const { tools, system, messages } = request
  const count = (list: readonly object[]) => list.filter(isCachePoint).length
  let excess = count(tools) + count(system) - maxCachePoints
  for (const { content } of messages) excess += count(content)
  if (excess <= 0) return request
  const thinOut = <Block extends object>(list: readonly Block[]): Block[] =>
    list.filter((block) => !isCachePoint(block) || excess-- <= 0)
  // In this order: each call takes from what is left of the excess.
  const leaner = messages.map((message) => ({ ...message, content: thinOut(message.content) }))
  return { messages: leaner, tools: thinOut(tools), system: thinOut(system) }
}

function isCachePoint(block: object): boolean {
  return 'cachePoint' in block
}
