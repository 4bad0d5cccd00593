// A JSON answer that goes to the client as it came, and is only looked at.
import { isRecord } from '../json/is-record.ts'
import type { Usage } from '../usage/usage.ts'
import { replyOpenAIError } from './openai-error-reply.ts'
import type { Reply, WholeReply } from './translator.ts'

export interface JsonAnswer {
  /** What was asked for, where the answer names none. */
  readonly model: string
  readUsage?(answer: Readonly<Record<string, unknown>>): Usage | undefined
}

export function createJsonReply(answer: JsonAnswer): Reply {
  return { whole: (body) => readJsonAnswer(body, answer), error: replyOpenAIError }
}

/** Never fails: a body that cannot be read is passed on, and counts nothing. */
export function readJsonAnswer(body: string, { model, readUsage }: JsonAnswer): WholeReply {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return body === '' ? { model } : { model, garbled: true }
  }
  const answer = isRecord(value) ? value : {}
  const usage = readUsage?.(answer)
  return {
    model: readModelName(answer.model) ?? model,
    value,
    ...(usage === undefined ? {} : { usage }),
  }
}

/** A name that says something. */
export function readModelName(model: unknown): string | undefined {
  return typeof model === 'string' && model !== '' ? model : undefined
}
