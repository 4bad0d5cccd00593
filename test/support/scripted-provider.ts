// A provider that answers as a test has it, and remembers what it was asked. No network.
import type { UpstreamFetch, UpstreamRequest, UpstreamResponse } from '../../src/ports.ts'

export interface Seen {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly init: UpstreamRequest
}

export type Answer = (seen: Seen) => UpstreamResponse | Promise<UpstreamResponse>

export interface ScriptedProvider {
  readonly fetch: UpstreamFetch
  readonly seen: Seen[]
}

/** `answers` in turn; the last one again and again. */
export function scriptedProvider(...answers: readonly Answer[]): ScriptedProvider {
  const seen: Seen[] = []
  return {
    seen,
    async fetch(url, init) {
      const request: Seen = {
        url: new URL(url),
        headers: init.headers,
        text: new TextDecoder().decode(init.body),
        init,
      }
      seen.push(request)
      init.signal.throwIfAborted()
      const answer = answers[Math.min(seen.length, answers.length) - 1]
      if (answer === undefined) throw new Error('the provider has no script')
      return answer(request)
    },
  }
}

export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(typeof value === 'string' ? value : JSON.stringify(value), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })

/** Never answers; rejects when it is aborted, as every fetch does. */
export const silence: Answer = ({ init: { signal } }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

export interface StreamScript {
  readonly chunks: readonly (string | Uint8Array)[]
  /** Default: ends properly. */
  readonly end?: 'proper' | 'reset' | 'stall'
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Told when the reader cancels, or the signal aborts. */
  readonly onCancel?: () => void
}

const encoder = new TextEncoder()

export const stream =
  (script: StreamScript): Answer =>
  ({ init: { signal } }) => {
    let next = 0
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener(
          'abort',
          () => {
            script.onCancel?.()
            try {
              controller.error(signal.reason)
            } catch {
              // It has ended already.
            }
          },
          { once: true },
        )
      },
      pull(controller) {
        const chunk = script.chunks[next++]
        if (chunk !== undefined) {
          controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
        } else if (script.end === 'reset') {
          controller.error(new Error('ECONNRESET'))
        } else if (script.end !== 'stall') {
          controller.close()
        } else {
          return new Promise<void>(() => {})
        }
      },
      cancel() {
        script.onCancel?.()
      },
    })
    return new Response(body, {
      headers: { 'content-type': script.contentType ?? 'text/event-stream', ...script.headers },
    })
  }

/** Chat chunks as OpenAI streams them: role, each text, finish, usage, `[DONE]`. */
export function chatChunks(texts: readonly string[]): string[] {
  const chunk = (choices: unknown[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm-2026', choices, ...more })}\n\n`
  const delta = (value: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: value, finish_reason: finish }])
  return [
    delta({ role: 'assistant', content: '' }),
    ...texts.map((content) => delta({ content })),
    delta({}, 'stop'),
    chunk([], { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
    'data: [DONE]\n\n',
  ]
}

export const completion = (content: string) => ({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm-2026',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
})
