// The part of a Messages request that Claude's tokens are counted of.
// https://platform.claude.com/docs/en/api/messages/count_tokens
import type { MessagesRequest, TextBlock } from '../wire/anthropic/messages.ts'
import type { Platform } from './chat-to-anthropic/platform.ts'
import { convertRequest } from './chat-to-anthropic/request.ts'
import { convertTokenizeRequest } from './tokenize-to-chat.ts'

export interface CountedMessages {
  /** For `stringifyJson`. */
  readonly body: Omit<Partial<MessagesRequest>, 'system'> & {
    readonly system?: string | readonly TextBlock[] | undefined
  }
  /** What has to be switched on with `anthropic-beta`. */
  readonly betas: readonly string[]
}

export interface CountSource {
  readonly model: string
  readonly platform: Platform
  readonly text: () => string
}

/** Throws a `GatewayError` as conversions of chat do. */
export function convertCount(
  request: Readonly<Record<string, unknown>>,
  { model, platform, text }: CountSource,
): CountedMessages {
  const counted = convertTokenizeRequest(request, text)
  const { body, betas } = convertRequest(counted.chat, { model, platform, text: counted.text })
  const { messages, system, tools, tool_choice, thinking } = body
  return { body: { messages, system: convertSystem(system), tools, tool_choice, thinking }, betas }
}

/** One text is a string: nothing is kept in a cache here. */
function convertSystem(
  system: readonly TextBlock[] | undefined,
): string | readonly TextBlock[] | undefined {
  const blocks = system?.map(({ text }): TextBlock => ({ type: 'text', text }))
  return blocks?.length === 1 ? blocks[0]?.text : blocks
}
