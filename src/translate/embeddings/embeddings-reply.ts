// An answer in OpenAI's embeddings dialect, looked at on its way to the client.
// https://platform.openai.com/docs/api-reference/embeddings/object
import { convertOpenAIError } from '../../convert/errors/openai-backend-error.ts'
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import { readEmbeddingsUsage } from '../../usage/embeddings-usage.ts'
import type { Reply, WholeReply } from '../translator.ts'

/** `model`: what was asked for, where the answer names none. */
export function createEmbeddingsReply(model: string): Reply {
  return {
    whole: (body) => readWhole(body, model),
    error(body, { status, headers }) {
      const converted = convertOpenAIError(body, {
        status,
        contentType: headers.get('content-type'),
      })
      return converted === undefined ? {} : { body: converted }
    },
  }
}

/** Never fails: a body that cannot be read is passed on, and counts nothing. */
function readWhole(body: string, model: string): WholeReply {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { model }
  }
  const answer = isRecord(value) ? value : {}
  return {
    usage: readEmbeddingsUsage(answer.usage),
    model: readText(answer.model) || model,
    value,
  }
}
