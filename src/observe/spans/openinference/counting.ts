// Endpoints that count tokens and answer with a number.
import { readFilled, readList, readNumber, readPositive, readRecord, readReply } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { inputValue, replyValue } from './values.ts'

export interface Counter {
  readonly name: string
  readonly system: string
  readonly contentKeys: readonly string[]
}

/** `count_tokens` of Anthropic and `input_tokens` of Responses. */
export function createCountingSpans(counter: Counter, hiding: Hiding): SpanSet {
  return {
    name: counter.name,
    request: (call, received) => ({
      'openinference.span.kind': 'TOKEN_COUNTER',
      'llm.system': counter.system,
      'llm.model_name': readFilled(call.model),
      ...(hiding.inputs ? {} : inputValue(call, received, hiding, counter.contentKeys)),
    }),
    reply: (reply) => ({
      'llm.token_count.prompt': readNumber(readReply(reply)['input_tokens']),
    }),
  }
}

/** POST /tokenize of vLLM. https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html */
export function createTokenizeSpans(hiding: Hiding): SpanSet {
  return {
    name: 'Tokenize',
    request: (call, received) => ({
      'openinference.span.kind': 'TOKEN_COUNTER',
      'llm.system': 'openai',
      'llm.model_name': readFilled(call.model),
      ...(hiding.inputs ? {} : inputValue(call, received, hiding, ['prompt', 'messages'])),
      ...describeTokenize(readRecord(call.request)),
    }),
    reply(reply) {
      const answer = readReply(reply)
      return {
        'tokenize.token_count': readNumber(answer['count']) ?? 0,
        'tokenize.max_model_len': readPositive(answer['max_model_len']),
        'tokenize.tokens_returned': readPositive(readList(answer['tokens']).length),
        'tokenize.token_strings_returned': readPositive(readList(answer['token_strs']).length),
        ...replyValue(reply, hiding, ['tokens', 'token_strs']),
        'output.mime_type': 'application/json',
      }
    },
  }
}

function describeTokenize(request: Readonly<Record<string, unknown>>): Attributes {
  const flag = (name: string, fallback?: boolean) => {
    const value = request[name]
    return typeof value === 'boolean' ? value : fallback
  }
  const common = { 'tokenize.return_token_strs': flag('return_token_strs') }
  if (request['messages'] === undefined) {
    return {
      'tokenize.request_type': 'completion',
      'tokenize.add_special_tokens': flag('add_special_tokens', true),
      ...common,
    }
  }
  return {
    'tokenize.request_type': 'chat',
    'tokenize.add_generation_prompt': flag('add_generation_prompt', true),
    'tokenize.continue_final_message': flag('continue_final_message', false),
    'tokenize.add_special_tokens': flag('add_special_tokens', false),
    'tokenize.message_count': readPositive(readList(request['messages']).length),
    ...common,
  }
}
