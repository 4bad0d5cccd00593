// Attributes that several endpoints have in common. https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
import { readFilled, readNumber, readPositive, readRecord, readRecords } from '../read.ts'
import type { Attributes } from '../span-set.ts'

type Json = Readonly<Record<string, unknown>>

export const describeOperation = (operation: string, model: string): Attributes => ({
  'gen_ai.operation.name': operation,
  'gen_ai.request.model': model === '' ? undefined : model,
})

/** Parameters that chat and text completions share; what is absent is left out, what is 0 is not. */
export const describeSampling = (request: Json): Attributes => ({
  'gen_ai.request.temperature': readNumber(request['temperature']),
  'gen_ai.request.top_p': readNumber(request['top_p']),
  'gen_ai.request.frequency_penalty': readNumber(request['frequency_penalty']),
  'gen_ai.request.presence_penalty': readNumber(request['presence_penalty']),
  'gen_ai.request.seed': readNumber(request['seed']),
  'gen_ai.request.choice.count': readNumber(request['n']),
})

export const describeAnswer = (answer: Json): Attributes => ({
  'gen_ai.response.id': readFilled(answer['id']),
  'gen_ai.response.model': readFilled(answer['model']),
})

export function finishReasons(choices: unknown): readonly string[] | undefined {
  const found = readRecords(choices).flatMap((choice) => readFilled(choice['finish_reason']) ?? [])
  return found.length === 0 ? undefined : found
}

/** `usage` of chat, text completions and embeddings. */
export function describeChatUsage(usage: unknown): Attributes {
  const { prompt_tokens, completion_tokens, ...details } = readRecord(usage)
  const prompt = readRecord(details['prompt_tokens_details'])
  const completion = readRecord(details['completion_tokens_details'])
  return {
    'gen_ai.usage.input_tokens': readPositive(prompt_tokens),
    'gen_ai.usage.output_tokens': readPositive(completion_tokens),
    'gen_ai.usage.cache_read.input_tokens': readPositive(prompt['cached_tokens']),
    'gen_ai.usage.cache_creation.input_tokens': readPositive(prompt['cache_creation_input_tokens']),
    'gen_ai.usage.reasoning.output_tokens': readPositive(completion['reasoning_tokens']),
  }
}
