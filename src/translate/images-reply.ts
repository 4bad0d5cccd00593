// Images as OpenAI answers with them: https://platform.openai.com/docs/api-reference/images/object
import { readTokenUsage } from '../usage/token-usage.ts'
import { createEventTap } from './event-tap.ts'
import { createJsonReply } from './json-reply.ts'
import type { Reply } from './translator.ts'

const readUsage = ({ usage }: Readonly<Record<string, unknown>>) => readTokenUsage(usage)

/** `last`: the type of the event that ends a stream. */
export function createImagesReply(
  model: string,
  last: 'image_generation.completed' | 'image_edit.completed',
): Reply {
  return {
    ...createJsonReply({ model, readUsage }),
    stream: () => createEventTap({ model, last: [last], readUsage }),
  }
}
