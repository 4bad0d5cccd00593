// https://platform.openai.com/docs/api-reference/responses/object
import { readTokenUsage } from '../../usage/token-usage.ts'
import { createJsonReply } from '../json-reply.ts'
import type { Reply } from '../translator.ts'
import { createResponsesTap } from './responses-tap.ts'

const readUsage = ({ usage }: Readonly<Record<string, unknown>>) => readTokenUsage(usage)

export function createResponsesReply(model: string): Reply {
  return {
    ...createJsonReply({ model, readUsage }),
    stream: () => createResponsesTap(model, readUsage),
  }
}
