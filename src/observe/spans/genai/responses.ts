import { createResponsesFold } from '../../fold/responses.ts'
import {
  readFilled,
  readNumber,
  readPositive,
  readRecord,
  readRecords,
  readReply,
} from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeAnswer, describeOperation } from './attributes.ts'
import { foldWith } from './fold-with.ts'
import { message, responsesParts, textPart, toolDefinitions, writeMessages } from './parts.ts'

type Json = Readonly<Record<string, unknown>>

export function createResponsesSpans(captures: boolean): SpanSet {
  const describe = (answer: Json): Attributes => {
    const { input_tokens, output_tokens, ...details } = readRecord(answer['usage'])
    const status = readFilled(answer['status'])
    const parts = readRecords(answer['output']).flatMap(responsesParts)
    return {
      ...describeAnswer(answer),
      'gen_ai.response.finish_reasons': status === undefined ? undefined : [status],
      'gen_ai.usage.input_tokens': readPositive(input_tokens),
      'gen_ai.usage.output_tokens': readPositive(output_tokens),
      'gen_ai.usage.cache_read.input_tokens': readPositive(
        readRecord(details['input_tokens_details'])['cached_tokens'],
      ),
      'gen_ai.usage.reasoning.output_tokens': readPositive(
        readRecord(details['output_tokens_details'])['reasoning_tokens'],
      ),
      'gen_ai.output.messages':
        captures && parts.length > 0 ? writeMessages([message('assistant', parts)]) : undefined,
    }
  }
  return {
    name: 'chat',
    request(call) {
      const request = readRecord(call.request)
      const { conversation } = request
      return {
        ...describeOperation('chat', call.model),
        'gen_ai.request.temperature': readNumber(request['temperature']),
        'gen_ai.request.top_p': readNumber(request['top_p']),
        'gen_ai.request.max_tokens': readNumber(request['max_output_tokens']),
        'gen_ai.conversation.id':
          readFilled(conversation) ?? readFilled(readRecord(conversation)['id']),
        ...(captures ? describeResponsesInput(request) : {}),
      }
    },
    reply: (reply) => describe(readReply(reply)),
    fold: foldWith(createResponsesFold, describe),
  }
}

export function describeResponsesInput(request: Json): Attributes {
  const { input, instructions, tools } = request
  const messages =
    typeof input === 'string'
      ? [message('user', textPart(input))]
      : readRecords(input).map((item) =>
          message(item['role'] ?? roleOf(item), responsesParts(item)),
        )
  return {
    'gen_ai.input.messages': writeMessages(messages.filter(({ parts }) => parts.length > 0)),
    'gen_ai.system_instructions': writeMessages(textPart(readFilled(instructions) ?? '')),
    'gen_ai.tool.definitions': toolDefinitions(tools),
  }
}

const roleOf = ({ type }: Json) => (String(type).endsWith('_output') ? 'tool' : 'assistant')
