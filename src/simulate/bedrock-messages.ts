// The conversation of a Converse request: its turns, and the order that Bedrock wants them in.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import { isRecord } from '../json/is-record.ts'
import type { MemberReader, Members } from './bedrock-fields.ts'
import { readName } from './bedrock-tools.ts'
import type { OfferedTool } from './compose.ts'

export interface Conversation {
  /** The text of the last user turn that has any. */
  readonly question: string
  /** The results that the last turn brings. */
  readonly toolResults: readonly string[]
  readonly texts: readonly string[]
}

interface Turn {
  readonly role: string
  readonly text: string
  readonly texts: readonly string[]
  readonly toolUses: readonly string[]
  readonly toolResults: readonly { readonly id: string; readonly text: string }[]
}

/** Throws a `Rejection`. `tools`: `undefined` where the request has no `toolConfig`. */
export function readConversation(
  read: MemberReader,
  body: Members,
  tools: readonly OfferedTool[] | undefined,
): Conversation {
  const messages = read.list(body, 'messages') ?? []
  const turns = messages.map((each, index) => readTurn(read, read.asStructure(each), index))
  if (turns[0]?.role !== 'user') {
    read.invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  turns.forEach((turn, index) => {
    const before = turns[index - 1]
    if (turn.role === before?.role) {
      read.invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      )
    }
    if (tools === undefined && turn.toolUses.length + turn.toolResults.length > 0) {
      read.invalid(
        'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
      )
    }
    matchResults(read, before?.toolUses ?? [], turn, index)
  })
  const last = turns.at(-1)
  if (last !== undefined && last.toolUses.length > 0)
    expectResults(read, last.toolUses, turns.length)
  const question = turns.findLast((turn) => turn.role === 'user' && turn.text !== '')
  return {
    question: question?.text ?? '',
    toolResults: last?.toolResults.map((result) => result.text) ?? [],
    texts: turns.flatMap((turn) => turn.texts),
  }
}

function matchResults(
  read: MemberReader,
  toolUses: readonly string[],
  turn: Turn,
  index: number,
): void {
  const answered = new Set(turn.toolResults.map((result) => result.id))
  const missing = toolUses.filter((id) => !answered.has(id))
  if (missing.length > 0) expectResults(read, missing, index)
  if (turn.toolResults.length > toolUses.length) {
    read.invalid(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    )
  }
}

function expectResults(read: MemberReader, ids: readonly string[], index: number): never {
  return read.invalid(
    `Expected toolResult blocks at messages.${index}.content for the following Ids: ${ids.join(', ')}`,
  )
}

function readTurn(read: MemberReader, message: Members, index: number): Turn {
  // The API's own checks count members from one, the service's from zero.
  const member = `messages.${index + 1}.member`
  const role = read.required(read.text(message, 'role'), `${member}.role`)
  if (role !== 'user' && role !== 'assistant') {
    read.constraint(role, `${member}.role`, 'Member must satisfy enum value set: [user, assistant]')
  }
  const content = read.required(read.list(message, 'content'), `${member}.content`)
  if (content.length === 0) {
    read.invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  }
  const texts: string[] = []
  const words: string[] = []
  const toolUses: string[] = []
  const toolResults: Turn['toolResults'][number][] = []
  let hasDocument = false
  content.forEach((each, at) => {
    const path = `messages.${index}.content.${at}`
    const block = read.asStructure(each)
    const kind = read.union(block, blockKinds, path)
    if (kind === 'text') {
      const text = readBlockText(read, block, path)
      texts.push(text)
      words.push(text)
      return
    }
    const inner = read.required(read.structure(block, kind), path)
    if (kind === 'toolUse') {
      if (role === 'user') misplaced(read, kind, path, 'assistant')
      const used = `${member}.content.${at + 1}.member.toolUse`
      toolUses.push(readName(read, inner, 'toolUseId', used))
      texts.push(readName(read, inner, 'name', used), JSON.stringify(inner.input ?? {}))
      if (!isRecord(inner.input)) {
        read.invalid(
          `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
        )
      }
    } else if (kind === 'toolResult') {
      if (role === 'assistant') misplaced(read, kind, path, 'user')
      const id = readName(read, inner, 'toolUseId', `${member}.content.${at + 1}.member.toolResult`)
      const text = readToolResult(read, inner, `${path}.toolResult`, member)
      texts.push(text)
      toolResults.push({ id, text })
    } else if (kind === 'image' || kind === 'document' || kind === 'video') {
      hasDocument ||= kind === 'document'
      readMedia(read, inner, kind, `${member}.content.${at + 1}.member.${kind}`)
    } else if (kind === 'reasoningContent') {
      const reasoning = read.structure(inner, 'reasoningText')
      if (reasoning !== undefined) texts.push(read.text(reasoning, 'text') ?? '')
    }
  })
  if (hasDocument && words.length === 0) {
    read.invalid(
      `The Message object at messages.${index} contains a document. Add a text block to the content field and try again.`,
    )
  }
  return { role, text: words.join(''), texts, toolUses, toolResults }
}

const blockKinds = [
  'text',
  'image',
  'document',
  'video',
  'audio',
  'toolUse',
  'toolResult',
  'guardContent',
  'cachePoint',
  'reasoningContent',
  'citationsContent',
  'searchResult',
]

const mediaFormats: Readonly<Record<string, readonly string[]>> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
}

function readMedia(read: MemberReader, block: Members, kind: string, member: string): void {
  const formats = mediaFormats[kind] ?? []
  const format = read.text(block, 'format') ?? (kind === 'document' ? 'txt' : undefined)
  if (!formats.includes(read.required(format, `${member}.format`))) {
    read.constraint(
      format,
      `${member}.format`,
      `Member must satisfy enum value set: [${formats.join(', ')}]`,
    )
  }
  if (kind === 'document') read.required(read.text(block, 'name'), `${member}.name`)
  read.required(read.structure(block, 'source'), `${member}.source`)
}

function misplaced(read: MemberReader, kind: string, path: string, role: string): never {
  return read.invalid(
    `The ${kind} block at ${path} is not allowed here. Move it to a message with the role ${role} and try again.`,
  )
}

function readBlockText(read: MemberReader, block: Members, path: string): string {
  const text = read.text(block, 'text') ?? ''
  if (text.trim() !== '') return text
  return read.invalid(
    `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
  )
}

function readToolResult(read: MemberReader, block: Members, path: string, member: string): string {
  const status = read.text(block, 'status')
  if (status !== undefined && status !== 'success' && status !== 'error') {
    read.constraint(
      status,
      `${member}.toolResult.status`,
      'Member must satisfy enum value set: [success, error]',
    )
  }
  const content = read.required(read.list(block, 'content'), `${path}.content`)
  return content
    .map((each, index) => {
      const result = read.asStructure(each)
      const kinds = ['text', 'json', 'image', 'document', 'video', 'searchResult']
      const kind = read.union(result, kinds, `${path}.content.${index}`)
      if (kind === 'text') return readBlockText(read, result, `${path}.content.${index}`)
      return kind === 'json' ? JSON.stringify(result.json) : ''
    })
    .join('')
}
