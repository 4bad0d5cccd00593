// Bodies as a debug log may show them: texts give way to a mark that tells their length and lets equal ones be
// recognised, and the shape of the request stays.
import { isRecord } from '../json/is-record.ts'

/** The first 16 hexadecimal digits of a text's SHA-256. */
export type HashText = (text: string) => string

const encoder = new TextEncoder()

/** An empty text stays as it is. */
export function redactText(text: string, hash: HashText): string {
  if (text === '') return ''
  return `[REDACTED LENGTH=${encoder.encode(text).length} HASH=${hash(text)}]`
}

/** What is kept besides keys, numbers, booleans and null: it says what a content is, not what is in it. */
const structural = new Set(['type', 'role', 'id', 'call_id', 'tool_call_id', 'tool_use_id', 'name'])

/** A copy; the input is not touched. */
export function redactTree(value: unknown, hash: HashText): unknown {
  if (typeof value === 'string') return redactText(value, hash)
  if (Array.isArray(value)) {
    const isTokens = value.length > 0 && value.every((item) => typeof item === 'number')
    return isTokens ? [`${value.length} tokens`] : value.map((item) => redactTree(item, hash))
  }
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      structural.has(key) && typeof member === 'string' ? member : redactTree(member, hash),
    ]),
  )
}

/** Members of a request that hold content, by the endpoint's path. */
const contentOf: Readonly<Record<string, readonly string[]>> = {
  '/v1/chat/completions': ['messages', 'prediction'],
  '/v1/completions': ['prompt', 'suffix'],
  '/v1/embeddings': ['input', 'messages'],
  '/v1/images/generations': ['prompt'],
  '/v1/images/edits': ['prompt', 'images', 'mask'],
  '/v1/moderations': ['input'],
  '/v1/responses': ['instructions', 'user', 'input', 'prompt'],
  '/v1/responses/compact': ['instructions', 'user', 'input', 'prompt'],
  '/v1/responses/input_tokens': ['instructions', 'user', 'input', 'prompt'],
  '/v1/messages': ['messages', 'system'],
  '/v1/messages/count_tokens': ['messages', 'system'],
  '/v2/rerank': ['query', 'documents'],
  '/tokenize': ['prompt', 'messages'],
  '/v1/audio/speech': ['input', 'instructions'],
}

/** A request as JSON. Of an endpoint that is not known, all of it is content. */
export function redactRequest(path: string, request: unknown, hash: HashText): string {
  try {
    if (!isRecord(request)) return unshown
    if (isRecord(request.form)) {
      const { parts } = request.form
      return Array.isArray(parts)
        ? JSON.stringify(parts.filter(isRecord).map(describePart))
        : unshown
    }
    // What may come as a form, and has come as JSON.
    if (isRecord(request.json)) return redactRequest(path, request.json, hash)
    const content = Object.hasOwn(contentOf, path) ? contentOf[path] : undefined
    const members = Object.entries(request).map(([key, value]) => {
      const secret = content === undefined ? key !== 'model' : content.includes(key)
      return [key, secret ? redactTree(value, hash) : value]
    })
    return JSON.stringify(Object.fromEntries(members))
  } catch {
    return unshown
  }
}

/** A part of a form by name and size, a file with its own name. */
function describePart({ name, filename, from, to }: Readonly<Record<string, unknown>>): object {
  return { name, filename, bytes: Number(to) - Number(from) }
}

const unshown = '[REDACTED]'
