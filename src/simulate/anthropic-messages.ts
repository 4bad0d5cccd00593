// The conversation of a Messages request: its blocks, and the order that Anthropic wants them in.
// https://platform.claude.com/docs/en/api/messages/create
import type { FieldReader, Fields } from './anthropic-fields.ts'

export interface Conversation {
  /** The text of the last user turn that has any. */
  readonly question: string
  /** The results that the last turn brings. */
  readonly toolResults: readonly string[]
  readonly texts: readonly string[]
  readonly turns: readonly Turn[]
}

/** Messages of one role that follow each other: Anthropic takes them together. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  /** The index of its first message. */
  readonly index: number
  readonly kinds: string[]
  readonly words: string[]
  readonly texts: string[]
  readonly toolUses: string[]
  readonly toolResults: { readonly id: string; readonly text: string; readonly path: string }[]
}

/** Throws a `Rejection`. */
export function readConversation(read: FieldReader, body: Fields): Conversation {
  const messages = read.required(body, 'messages', 'list')
  if (messages.length === 0) read.reject('messages: at least one message is required')
  const turns: Turn[] = []
  messages.forEach((each, index) => {
    readMessage(read, read.as(each, `messages.${index}`, 'dictionary'), index, {
      turns,
      isLast: index === messages.length - 1,
    })
  })
  if (turns[0]?.role !== 'user') {
    read.reject('messages: first message must use the "user" role')
  }
  for (const [at, turn] of turns.entries()) matchResults(read, turns[at - 1], turn)
  const last = turns.at(-1)
  if (last !== undefined && last.toolUses.length > 0) missResults(read, last, last.toolUses)
  const question = turns.findLast((turn) => turn.role === 'user' && turn.words.length > 0)
  return {
    question: question?.words.join('') ?? '',
    toolResults: last?.toolResults.map((result) => result.text) ?? [],
    texts: turns.flatMap((turn) => turn.texts),
    turns,
  }
}

function matchResults(read: FieldReader, before: Turn | undefined, turn: Turn): void {
  const called = new Set(before?.toolUses)
  const answered = new Set(turn.toolResults.map((result) => result.id))
  const stray = turn.toolResults.find((result) => !called.has(result.id))
  if (stray !== undefined) {
    read.reject(
      `${stray.path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    )
  }
  const missing = [...called].filter((id) => !answered.has(id))
  if (before !== undefined && missing.length > 0) missResults(read, before, missing)
}

function missResults(read: FieldReader, turn: Turn, ids: readonly string[]): never {
  return read.reject(
    `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}

interface Place {
  readonly turns: Turn[]
  readonly isLast: boolean
}

function readMessage(read: FieldReader, message: Fields, index: number, place: Place): void {
  const at = `messages.${index}`
  if (message.role === 'system') {
    read.reject(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    )
  }
  const role = read.oneOf(message, 'role', ['user', 'assistant'], at)
  const { content } = message
  const blocks =
    typeof content === 'string'
      ? [{ type: 'text', text: content }].filter(({ text }) => text !== '')
      : read.required(message, 'content', 'list', at)
  if (blocks.length === 0 && !(place.isLast && role === 'assistant')) {
    read.reject(
      `${at}: all messages must have non-empty content except for the optional final assistant message`,
    )
  }
  let turn = place.turns.at(-1)
  if (turn?.role !== role) {
    turn = { role, index, kinds: [], words: [], texts: [], toolUses: [], toolResults: [] }
    place.turns.push(turn)
  }
  for (const [number, each] of blocks.entries()) {
    const path = `${at}.content.${number}`
    readBlock(read, read.as(each, path, 'dictionary'), path, turn)
  }
}

const blockTypes = [
  'text',
  'image',
  'document',
  'search_result',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'server_tool_use',
  'web_search_tool_result',
]
/** Of these, `texts` has what the model reads. */
const assistantOnly = new Set(['thinking', 'redacted_thinking', 'tool_use'])
const userOnly = new Set(['image', 'tool_result'])
const callId = /^[a-zA-Z0-9_-]+$/

function readBlock(read: FieldReader, block: Fields, path: string, turn: Turn): void {
  const type = readType(read, block, path)
  const message = path.split('.', 2).join('.')
  if (turn.role === 'user' && assistantOnly.has(type)) {
    read.reject(`${message}: \`${type}\` blocks can only be in \`assistant\` messages`)
  }
  if (turn.role === 'assistant' && userOnly.has(type)) {
    read.reject(`${message}: \`${type}\` blocks can only be in \`user\` messages`)
  }
  turn.kinds.push(type)
  switch (type) {
    case 'text': {
      const text = readText(read, block, path, 'messages')
      turn.words.push(text)
      turn.texts.push(text)
      return
    }
    case 'image':
    case 'document':
      readSource(read, block, path, type)
      return
    case 'thinking':
      turn.texts.push(read.required(block, 'thinking', 'string', path))
      read.required(block, 'signature', 'string', path)
      return
    case 'redacted_thinking':
      read.required(block, 'data', 'string', path)
      return
    case 'tool_use': {
      const id = readId(read, block, 'id', path)
      const name = read.required(block, 'name', 'string', path)
      const input = read.required(block, 'input', 'dictionary', path)
      turn.toolUses.push(id)
      turn.texts.push(name, JSON.stringify(input))
      return
    }
    case 'tool_result': {
      const id = readId(read, block, 'tool_use_id', path)
      read.optional(block, 'is_error', 'boolean', path)
      const text = readResult(read, block, path)
      turn.toolResults.push({ id, text, path })
      turn.texts.push(text)
    }
  }
}

function readType(read: FieldReader, block: Fields, path: string): string {
  const { type } = block
  if (typeof type === 'string' && blockTypes.includes(type)) return type
  if (type === undefined) return read.reject(`${path}.type: Field required`)
  const tags = blockTypes.map((each) => `'${each}'`).join(', ')
  return read.reject(
    `${path}: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: ${tags}`,
  )
}

/** The text of a text block; `holder` is whose block it is. */
export function readText(read: FieldReader, block: Fields, path: string, holder: string): string {
  const text = read.required(block, 'text', 'string', path)
  if (text === '') read.reject(`${holder}: text content blocks must be non-empty`)
  if (text.trim() === '')
    read.reject(`${holder}: text content blocks must contain non-whitespace text`)
  return text
}

function readId(read: FieldReader, block: Fields, key: string, path: string): string {
  const id = read.required(block, key, 'string', path)
  if (callId.test(id)) return id
  return read.reject(`${path}.${key}: String should match pattern '${callId.source}'`)
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const
const documentSources = ['base64', 'text', 'content', 'url', 'file'] as const

function readSource(
  read: FieldReader,
  block: Fields,
  path: string,
  type: 'image' | 'document',
): void {
  const source = read.required(block, 'source', 'dictionary', path)
  const at = `${path}.source`
  const kinds = type === 'image' ? (['base64', 'url', 'file'] as const) : documentSources
  const kind = read.oneOf(source, 'type', kinds, at)
  if (kind === 'url') read.required(source, 'url', 'string', at)
  if (kind === 'file') read.required(source, 'file_id', 'string', at)
  if (kind !== 'base64' && kind !== 'text') return
  const data = read.required(source, 'data', 'string', at)
  if (kind === 'text') read.oneOf(source, 'media_type', ['text/plain'], at)
  else if (type === 'image') read.oneOf(source, 'media_type', imageTypes, at)
  else read.oneOf(source, 'media_type', ['application/pdf'], at)
  if (kind === 'base64' && !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    read.reject(`${at}.data: Input should be valid base64`)
  }
}

function readResult(read: FieldReader, block: Fields, path: string): string {
  const { content } = block
  if (content === undefined || typeof content === 'string') return content ?? ''
  return read
    .required(block, 'content', 'list', path)
    .map((each, index) => {
      const at = `${path}.content.${index}`
      const inner = read.as(each, at, 'dictionary')
      const type = read.oneOf(inner, 'type', ['text', 'image', 'document', 'search_result'], at)
      if (type === 'text') return readText(read, inner, at, 'messages')
      if (type !== 'search_result') readSource(read, inner, at, type)
      return ''
    })
    .join('')
}
