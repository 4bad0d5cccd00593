// Every chat stream that a test reads is held to the grammar, whatever else the test looks at.
import { afterEach, expect } from 'vitest'
import { isRecord } from '../../src/json/is-record.ts'
import { checkChatStream } from './chat-stream-grammar.ts'

const violations: string[] = []

// Registered with the file that imports this, wherever from.
afterEach(() => {
  expect(violations.splice(0)).toEqual([])
})

/** How a stream came to its end. */
export type StreamEnd = 'closed' | 'left'

/** Notes what is wrong with a chat stream: the test fails when it is over. */
export function judgeChatStream(text: string, end: StreamEnd): void {
  const ending = end === 'left' ? 'open' : isFailed(text) ? 'error' : 'proper'
  const found = checkChatStream(text, { ending })
  if (found.length > 0) violations.push(`${found.join('; ')}\n${text}`)
}

/** Whether an event of it is an error: a text that merely speaks of one is none. */
function isFailed(text: string): boolean {
  return text.split('\n').some((line) => {
    if (!line.startsWith('data: ') || !line.includes('"error"')) return false
    try {
      const value: unknown = JSON.parse(line.slice('data: '.length))
      return isRecord(value) && 'error' in value
    } catch {
      return false
    }
  })
}

/** The same answer; where it is a chat stream, it is judged once it has ended or been left. */
export function watchChat(request: Request, response: Response): Response {
  const type = response.headers.get('content-type') ?? ''
  const { body } = response
  const isChat = new URL(request.url).pathname.endsWith('/v1/chat/completions')
  if (!isChat || !type.startsWith('text/event-stream') || body === null) return response
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let judged = false
  const judge = (end: StreamEnd) => {
    if (judged) return
    judged = true
    judgeChatStream(text + decoder.decode(), end)
  }
  const watched = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            judge('closed')
            controller.close()
            return
          }
          text += decoder.decode(value, { stream: true })
          controller.enqueue(value)
        } catch (error) {
          judge('left')
          controller.error(error)
        }
      },
      async cancel(reason) {
        judge('left')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(watched, { status: response.status, headers: response.headers })
}
