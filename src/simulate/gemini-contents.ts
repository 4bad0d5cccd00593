// A conversation as Gemini reads it: turns of users and of the model, calls and as many responses.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content
import { isRecord } from '../json/is-record.ts'
import { rejectAsGoogle } from './google-error.ts'
import { type Members, readMessage, readRepeated, readString } from './google-fields.ts'

export interface GeminiConversation {
  /** The text of the last content of a user. */
  readonly question: string
  /** What functions have answered, where the conversation ends with that. */
  readonly toolResults: readonly string[]
  readonly texts: readonly string[]
}

interface Content {
  readonly role: 'user' | 'model'
  readonly texts: readonly string[]
  readonly calls: readonly Call[]
  readonly results: readonly string[]
}

interface Call {
  readonly name: string
  readonly text: string
  readonly isSigned: boolean
}

export function readGeminiContents(members: Members, model: string): GeminiConversation {
  const list = readRepeated(members, 'contents', '')
  if (list.length === 0) {
    return rejectAsGoogle(
      'Unable to submit request because at least one contents field is required.',
    )
  }
  const contents = list.map((content, index) => readContent(content, `contents[${index}]`))
  const system = isRecord(members.systemInstruction)
    ? readContent({ ...members.systemInstruction, role: 'user' }, 'system_instruction').texts
    : []
  checkCalls(contents)
  if (/gemini-[3-9]/.test(model)) checkSignatures(contents)
  const last = contents.at(-1)
  const asked = contents.findLast(({ role, texts }) => role === 'user' && texts.length > 0)
  return {
    question: asked?.texts.join('\n') ?? '',
    toolResults: last?.role === 'user' ? last.results : [],
    texts: [
      ...system,
      ...contents.flatMap(({ texts, calls, results }) => [
        ...texts,
        ...calls.map((call) => call.text),
        ...results,
      ]),
    ],
  }
}

function readContent(value: unknown, path: string): Content {
  const members = readMessage(value, path, ['role', 'parts'])
  const role = readString(members, 'role', path) ?? 'user'
  if (role !== 'user' && role !== 'model') {
    return rejectAsGoogle('Please use a valid role: user, model.')
  }
  const parts = readRepeated(members, 'parts', path)
  if (parts.length === 0) {
    return rejectAsGoogle(
      'Unable to submit request because it must include at least one parts field, which describes the prompt input.',
    )
  }
  const texts: string[] = []
  const calls: Call[] = []
  const results: string[] = []
  for (const [index, each] of parts.entries()) {
    const part = readPart(each, `${path}.parts[${index}]`)
    const { text, functionCall, functionResponse } = part
    if (typeof text === 'string') texts.push(text)
    if (isRecord(functionCall)) {
      const name = readString(functionCall, 'name', path) ?? ''
      const isSigned = typeof part.thoughtSignature === 'string'
      calls.push({ name, text: `${name} ${JSON.stringify(functionCall.args ?? {})}`, isSigned })
    }
    if (isRecord(functionResponse)) results.push(readResponse(functionResponse, path))
  }
  return { role, texts, calls, results }
}

const dataMembers = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse']

function readPart(value: unknown, path: string): Members {
  const known = [...dataMembers, 'thought', 'thoughtSignature', 'mediaResolution', 'videoMetadata']
  const part = readMessage(value, path, known)
  const data = dataMembers.filter((name) => part[name] !== undefined && part[name] !== null)
  if (data.length === 1) return part
  return rejectAsGoogle(
    data.length === 0
      ? `Unable to submit request because ${path} must have one initialized field: required oneof field 'data'.`
      : `Invalid value at '${path}' (oneof), oneof field 'data' is already set.`,
  )
}

function readResponse(response: Members, path: string): string {
  const name = readString(response, 'name', path)
  if (!name)
    return rejectAsGoogle('Unable to submit request because a function response has no name.')
  const value = response.response
  if (!isRecord(value))
    return rejectAsGoogle(`Invalid value at '${path}.function_response.response'`)
  return typeof value.output === 'string' ? value.output : JSON.stringify(value)
}

function checkCalls(contents: readonly Content[]): void {
  for (const [index, { calls }] of contents.entries()) {
    if (calls.length === 0) continue
    if (contents[index - 1]?.role !== 'user') {
      rejectAsGoogle(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
    const next = contents[index + 1]
    if (next !== undefined && next.results.length !== calls.length) {
      rejectAsGoogle(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
  }
}

/** In the turn that goes on, the first call of each step must bring the signature of the thinking before it. */
function checkSignatures(contents: readonly Content[]): void {
  const turn = contents.findLastIndex(({ role, texts }) => role === 'user' && texts.length > 0)
  for (const [index, { calls }] of contents.entries()) {
    const [first] = calls
    if (index < turn || first === undefined || first.isSigned) continue
    rejectAsGoogle(
      `Unable to submit request because function call \`${first.name}\` in the ${index + 1}. content block is missing a \`thought_signature\`.`,
    )
  }
}
