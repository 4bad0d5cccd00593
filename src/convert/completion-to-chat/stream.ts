// Chunks of a chat as those of a text completion, which look like the whole of one.
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { SseWriter } from '../../streams/stream-translator.ts'
import type { TextChoice } from '../../wire/openai/completions.ts'
import { writeOpenAIFailure } from '../errors/openai-error.ts'
import type { ValueRewrite } from '../value-rewrite.ts'
import { convertLogprobs } from './logprobs.ts'
import { listRecords, readFinishReason } from './reply.ts'

/** `echo` begins the text of each choice. */
export function createTextStream(echo: string): ValueRewrite {
  /** Characters sent so far, by choice. */
  const lengths = new Map<unknown, number>()

  const convertChoice = (choice: Readonly<Record<string, unknown>>): TextChoice | undefined => {
    const delta = isRecord(choice.delta) ? choice.delta : {}
    const before = lengths.get(choice.index)
    const content = readText(delta.content)
    const text = (before === undefined ? echo : '') + content
    const finish_reason = readFinishReason(choice.finish_reason)
    const logprobs = convertLogprobs(choice.logprobs, before ?? echo.length)
    lengths.set(choice.index, (before ?? 0) + text.length)
    // Roles, reasoning and the like have no place in a text.
    if (text === '' && finish_reason === null && logprobs === null) return undefined
    return { text, index: Number(choice.index), logprobs, finish_reason }
  }
  return {
    value(chunk: unknown, out: SseWriter) {
      if (!isRecord(chunk)) return
      const { id, created, model, usage } = chunk
      const choices = listRecords(chunk.choices).flatMap((choice) => convertChoice(choice) ?? [])
      if (choices.length === 0 && !isRecord(usage)) return
      out.send({
        id,
        object: 'text_completion',
        created,
        model,
        choices,
        ...(usage === undefined ? {} : { usage }),
      })
    },
    // The end is the same in both.
    raw: (text, out) => out.raw(text),
    failure: writeOpenAIFailure,
  }
}
