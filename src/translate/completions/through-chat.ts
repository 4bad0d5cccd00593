// Text completions by whoever serves chat.
import { convertCompletionReply } from '../../convert/completion-to-chat/reply.ts'
import {
  type ConvertedCompletion,
  convertCompletionRequest,
} from '../../convert/completion-to-chat/request.ts'
import { createTextStream } from '../../convert/completion-to-chat/stream.ts'
import type { Call, Endpoint } from '../../endpoints/endpoint.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { isRecord } from '../../json/is-record.ts'
import { readElements } from '../../json/read-raw.ts'
import { mergeUsage, type Usage } from '../../usage/usage.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import type { Reply, ReplyHead, Translation, Translator, WholeReply } from '../translator.ts'
import { chainStreams } from '../via.ts'

/** `toChat` must make answers of its own: see `WholeReply.value`. */
export function throughChat(toChat: Translator<ChatRequest>): Translator<RequestOf<'completions'>> {
  return (call, target) => {
    const converted = convertCompletionRequest(call.request)
    const translate = (chat: ChatRequest) => toChat(createChatCall(call, chat), target)
    const [first, ...others] = converted.chats
    const translation = translate(first)
    const more = others.map((chat) => bodyOf(translate(chat)))
    return {
      ...translation,
      ...(more.length === 0 ? {} : { more }),
      reply: createReply(translation.reply, converted),
    }
  }
}

/** The same call, asking for chat. */
function createChatCall(call: Call<unknown>, request: ChatRequest): Call<ChatRequest> {
  const text = JSON.stringify(request)
  return {
    ...call,
    request,
    // The cast: a translator reads where the call came in, and never parses by it.
    endpoint: call.endpoint as Endpoint<string, ChatRequest>,
    body: {
      get bytes() {
        return new TextEncoder().encode(text)
      },
      contentType: 'application/json',
      text: () => text,
      outline: () => ({ text, strings: [] }),
    },
  }
}

function bodyOf({ body }: Translation): string {
  if (typeof body !== 'string') throw new Error('a chat was not translated into text')
  return body
}

function createReply(chat: Reply, { chats, echoes }: ConvertedCompletion): Reply {
  return {
    whole: (body, head) => readWhole(chats.length === 1 ? [body] : readElements(body), chat, head),
    stream(head) {
      const stream = chat.stream?.(head)
      return stream && chainStreams(stream, createTextStream(echoes[0] ?? ''))
    },
    error: (body, head) => chat.error(body, head),
  }

  function readWhole(bodies: readonly string[], reply: Reply, head: ReplyHead): WholeReply {
    const answers = bodies.map((body) => reply.whole?.(body, head) ?? {})
    const values = answers.map(({ value }) => (isRecord(value) ? value : {}))
    const completion = convertCompletionReply(values, echoes)
    const model = answers[0]?.model
    const usage = sumUsage(answers.map((answer) => answer.usage))
    return {
      body: JSON.stringify(completion),
      value: completion,
      ...(model === undefined ? {} : { model }),
      ...(usage === undefined ? {} : { usage }),
    }
  }
}

function sumUsage(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const known = usages.filter((usage) => usage !== undefined)
  if (known.length === 0) return undefined
  return known.reduce((sum, usage) =>
    mergeUsage(
      sum,
      Object.fromEntries(
        Object.entries(usage).map(([name, count]) => [
          name,
          // The cast: entries of a usage are named as its fields.
          (sum[name as keyof Usage] ?? 0) + count,
        ]),
      ),
    ),
  )
}
