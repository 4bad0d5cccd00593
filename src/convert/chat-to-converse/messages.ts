// The conversation as Converse wants it: system texts apart, roles that take turns, results of tools
// first in the user's turn. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import type {
  ContentBlock,
  ConverseMessage,
  MediaBlock,
  SystemBlock,
  TextBlock,
} from '../../wire/bedrock/converse.ts'
import type { ChatMessage, ToolMessage } from '../../wire/openai/chat.ts'
import { lastCacheControl, readCacheControl } from '../cache-control.ts'
import { isBlank } from '../is-blank.ts'
import { withOpeningTurn } from '../opening-turn.ts'
import { refusal } from '../refusal.ts'
import { type AssistantContext, convertAssistant } from './assistant.ts'
import { withCachePoint } from './cache-points.ts'
import { convertResultPart, convertSystem, convertUser } from './content.ts'
import { createDocumentNames, type DocumentNames } from './document-names.ts'

export interface Conversation {
  readonly messages: readonly ConverseMessage[]
  readonly system: readonly SystemBlock[]
}

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly results: ContentBlock[]
  readonly others: ContentBlock[]
}

export function convertMessages(
  messages: readonly ChatMessage[],
  context: AssistantContext,
): Conversation {
  const names = createDocumentNames()
  const system: SystemBlock[] = []
  const turns: Turn[] = []
  // One message a turn: Bedrock wants roles to alternate.
  const turnOf = (role: Turn['role']): Turn => {
    const last = turns.at(-1)
    if (last?.role === role) return last
    const turn: Turn = { role, results: [], others: [] }
    turns.push(turn)
    return turn
  }
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...convertSystem(message, where))
        break
      case 'tool':
        turnOf('user').results.push(...convertResult(message, context, names, where))
        break
      case 'user': {
        const blocks = convertUser(message, names, where)
        if (blocks.length > 0) turnOf('user').others.push(...blocks)
        break
      }
      case 'assistant': {
        const blocks = convertAssistant(message, context, where)
        if (blocks.length > 0) turnOf('assistant').others.push(...blocks)
      }
    }
  }
  const opened = withOpeningTurn<Turn>(turns, (text) => ({
    role: 'user',
    results: [],
    others: [{ text }],
  }))
  return {
    system,
    messages: opened.map(({ role, results, others }) => ({
      content: withTextForDocuments([...results, ...others]),
      role,
    })),
  }
}

/** Bedrock takes documents only beside text. */
function withTextForDocuments(blocks: ContentBlock[]): ContentBlock[] {
  const lacksText =
    blocks.some((block) => 'document' in block) && !blocks.some((block) => 'text' in block)
  return lacksText ? [...blocks, { text: 'See the attached document.' }] : blocks
}

function convertResult(
  message: ToolMessage,
  context: AssistantContext,
  names: DocumentNames,
  where: string,
): readonly ContentBlock[] {
  const { content, tool_call_id: id } = message
  if (content === undefined || content === null) {
    throw refusal("message 'content' must be a string or an array", where)
  }
  if (!id) throw refusal("the tool message is missing required field 'tool_call_id'", where)
  const blocks: (TextBlock | MediaBlock)[] = []
  if (typeof content === 'string') {
    if (!isBlank(content)) blocks.push({ text: content })
  } else {
    for (const [index, part] of content.entries()) {
      const block = convertResultPart(part, names, `${where}.content[${index}]`)
      if (block) blocks.push(block)
    }
  }
  if (blocks.length === 0) blocks.push({ text: '(no output)' })
  const block: ContentBlock = {
    toolResult: {
      content: blocks,
      status: message.is_error === true ? 'error' : undefined,
      toolUseId: context.callIds.toWire(id),
    },
  }
  // Inside a result there are no cache points, so a part's point moves behind the result.
  return withCachePoint(block, readCacheControl(message.cache_control) ?? lastCacheControl(content))
}
