import { readCount } from '../../usage/read-count.ts'
import { createJsonReply } from '../json-reply.ts'
import type { Reply } from '../translator.ts'

/** `{"object": "response.input_tokens", "input_tokens": 11}` */
export function createInputTokensReply(model: string): Reply {
  return createJsonReply({
    model,
    readUsage({ input_tokens }) {
      const input = readCount(input_tokens)
      return input === undefined ? undefined : { input }
    },
  })
}
