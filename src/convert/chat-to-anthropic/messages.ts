// The conversation as Anthropic wants it: system texts apart, the results of tools together in one
// message of the user's. https://platform.claude.com/docs/en/api/messages/create
import { isRecord } from '../../json/is-record.ts'
import type { Block, Message, TextBlock, ToolResultBlock } from '../../wire/anthropic/messages.ts'
import type { CheckedChatRequest, ToolMessage } from '../../wire/openai/chat.ts'
import { lastCacheControl, readCacheControl } from '../cache-control.ts'
import { isBlank } from '../is-blank.ts'
import { withOpeningTurn } from '../opening-turn.ts'
import { refusal } from '../refusal.ts'
import { type AssistantContext, convertAssistant } from './assistant.ts'
import { markLast } from './cache-markers.ts'
import { convertResultPart, convertSystem, convertUser } from './content.ts'
import type { MediaContext } from './media.ts'
import type { Platform } from './platform.ts'

export interface Conversation {
  readonly system: readonly TextBlock[]
  readonly messages: readonly Message[]
  readonly betas: readonly string[]
}

export interface MessagesContext extends AssistantContext {
  readonly platform: Platform
}

export function convertMessages(
  request: CheckedChatRequest,
  context: MessagesContext,
): Conversation {
  const media: MediaContext = { platform: context.platform, betas: new Set() }
  const system: TextBlock[] = []
  const messages: Message[] = []
  /** The message that gathers the results of a run of tool messages. */
  let results: Block[] | undefined
  const add = (role: Message['role'], content: readonly Block[]) => {
    results = undefined
    if (content.length > 0) messages.push({ role, content })
  }
  for (const [index, message] of (request.messages ?? []).entries()) {
    const where = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...convertSystem(message, where))
        break
      case 'user':
        add('user', convertUser(message, media, where))
        break
      case 'assistant':
        add('assistant', convertAssistant(message, context, where))
        break
      case 'tool':
        if (results === undefined) {
          const run: Block[] = []
          add('user', [])
          messages.push({ role: 'user', content: run })
          results = run
        }
        results.push(convertResult(message, media, context, where))
    }
  }
  const opened = withOpeningTurn<Message>(messages, (text) => ({
    role: 'user',
    content: [{ type: 'text', text }],
  }))
  const whole = complete(system, opened, request.cache_control)
  return { system: whole.system, messages: whole.messages, betas: [...media.betas] }
}

/** A request needs a message: where there are instructions only, they are what the user says. */
function complete(
  system: readonly TextBlock[],
  messages: readonly Message[],
  cacheControl: unknown,
): Pick<Conversation, 'system' | 'messages'> {
  const marker = readCacheControl(cacheControl)
  if (messages.length > 0) {
    if (marker === undefined) return { system, messages }
    const last = messages.length - 1
    return {
      system,
      messages: messages.map((message, index) =>
        index === last ? { ...message, content: markLast(message.content, marker) } : message,
      ),
    }
  }
  if (system.length === 0) throw refusal('there is no message with content', 'messages')
  return { system: [], messages: [{ role: 'user', content: markLast(system, marker) }] }
}

function convertResult(
  message: ToolMessage,
  media: MediaContext,
  context: AssistantContext,
  where: string,
): ToolResultBlock {
  const { content, tool_call_id: id } = message
  if (content === undefined || content === null) {
    throw refusal("message 'content' must be a string or an array", where)
  }
  if (!id) throw refusal("the tool message is missing required field 'tool_call_id'", where)
  const blocks =
    typeof content === 'string'
      ? isBlank(content)
        ? []
        : [{ type: 'text', text: content } as const]
      : content.flatMap(
          (part, index) => convertResultPart(part, media, `${where}.content[${index}]`) ?? [],
        )
  return {
    type: 'tool_result',
    tool_use_id: context.callIds.toWire(id),
    is_error: message.is_error === true || isErrorObject(content),
    content: blocks.length > 0 ? blocks : undefined,
    cache_control: readCacheControl(message.cache_control) ?? lastCacheControl(content),
  }
}

/** Chat has no word for a tool that failed; those that report in JSON say so by a member `error`. */
function isErrorObject(content: NonNullable<ToolMessage['content']>): boolean {
  if (typeof content !== 'string' || !/^\s*\{/.test(content)) return false
  try {
    const value: unknown = JSON.parse(content)
    return isRecord(value) && Object.hasOwn(value, 'error')
  } catch {
    return false
  }
}
