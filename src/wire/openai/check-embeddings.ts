// The types of an embeddings request's known fields, checked for whoever must read them all.
import { GatewayError } from '../../errors.ts'
import {
  arrayOf,
  boolean,
  type Check,
  integer,
  object,
  type Problem,
  string,
} from '../../json/check.ts'
import { isRecord } from '../../json/is-record.ts'
import { chatMessage } from './check-chat.ts'
import type { CheckedEmbeddingsRequest, EmbeddingsRequest } from './embeddings.ts'

/**
 * The same request, with its types known. Throws a `GatewayError` (`malformed-request`) that names the
 * first field of another type.
 */
export function checkEmbeddingsRequest(request: EmbeddingsRequest): CheckedEmbeddingsRequest {
  const problem = checkForm(request) ?? embeddingsRequest(request, '')
  if (problem) {
    const place = problem.where === '' ? '' : ` (${problem.where})`
    throw new GatewayError(
      'malformed-request',
      `malformed request: failed to parse JSON for /v1/embeddings: ${problem.text}${place}`,
    )
  }
  return request as CheckedEmbeddingsRequest // what has just been checked
}

function checkForm({ input, messages }: EmbeddingsRequest): Problem | undefined {
  const isBoth = (input ?? undefined) !== undefined && (messages ?? undefined) !== undefined
  if (!isBoth) return undefined
  return {
    text: "embedding request must have either 'input' or 'messages', not both",
    where: '',
  }
}

const content: Check = (value, where) => {
  if (typeof value === 'string') {
    return value === '' ? { text: 'content must not be empty', where } : undefined
  }
  if (!Array.isArray(value)) return { text: 'expected a string or an array of strings', where }
  return value.length === 0
    ? { text: 'content must not be empty', where }
    : arrayOf(string)(value, where)
}

const optionalFields = object({ task_type: string, title: string })

const item: Check = (value, where) => {
  if (!isRecord(value)) return { text: 'expected an object', where }
  return content(value.content, `${where}.content`) ?? optionalFields(value, where)
}

/** All elements are of the kind that the first one is. */
const input: Check = (value, where) => {
  if (typeof value === 'string') return undefined
  if (isRecord(value)) return item(value, where)
  if (!Array.isArray(value)) {
    return { text: 'expected a string, an object or an array', where }
  }
  const [first] = value as readonly unknown[]
  if (isRecord(first)) return arrayOf(item)(value, where)
  if (Array.isArray(first)) return arrayOf(arrayOf(integer))(value, where)
  return arrayOf(typeof first === 'number' ? integer : string)(value, where)
}

const embeddingsRequest = object({
  model: string,
  input,
  messages: arrayOf(chatMessage),
  dimensions: integer,
  encoding_format: string,
  user: string,
  auto_truncate: boolean,
  task_type: string,
  title: string,
})
