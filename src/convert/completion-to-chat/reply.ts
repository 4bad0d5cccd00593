// Chat completions as the text completion that was asked for.
// https://platform.openai.com/docs/api-reference/completions/object
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { FinishReason } from '../../wire/openai/chat.ts'
import type { TextChoice, TextCompletion } from '../../wire/openai/completions.ts'
import { convertLogprobs } from './logprobs.ts'

type Completion = Readonly<Record<string, unknown>>

/** `completions` answer the prompts in their order, and `echoes` begin their texts. */
export function convertCompletionReply(
  completions: readonly Completion[],
  echoes: readonly string[],
): TextCompletion {
  const [first = {}] = completions
  const choices = completions.flatMap((completion, prompt) =>
    listRecords(completion.choices).map((choice) => convertChoice(choice, echoes[prompt] ?? '')),
  )
  const usage = sumUsage(completions.map((completion) => completion.usage))
  return {
    id: typeof first.id === 'string' ? first.id : undefined,
    object: 'text_completion',
    created: Number(first.created),
    model: readText(first.model),
    // Choices are numbered through all prompts.
    choices: choices.map(({ text, ...rest }, index) => ({ text, index, ...rest })),
    ...(usage === undefined ? {} : { usage }),
  }
}

function convertChoice(choice: Completion, echo: string): Omit<TextChoice, 'index'> {
  const message = isRecord(choice.message) ? choice.message : {}
  return {
    text: echo + readText(message.content),
    logprobs: convertLogprobs(choice.logprobs, echo.length),
    finish_reason: readFinishReason(choice.finish_reason),
  }
}

export function readFinishReason(reason: unknown): FinishReason | null {
  // The cast: our own conversions to chat write nothing else.
  return typeof reason === 'string' && reason !== '' ? (reason as FinishReason) : null
}

export function listRecords(values: unknown): readonly Completion[] {
  return Array.isArray(values) ? values.filter(isRecord) : []
}

/** Of one answer as it is, details and all; of several the sums, which have no details. */
function sumUsage(usages: readonly unknown[]): unknown {
  const known = usages.filter(isRecord)
  if (known.length <= 1) return known[0]
  const sum = (name: string) =>
    known.reduce((total, usage) => total + (Number(usage[name]) || 0), 0)
  return {
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    total_tokens: sum('total_tokens'),
  }
}
