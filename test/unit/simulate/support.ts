// How the simulator's tests call it.
import type { UpstreamFetch, UpstreamRequest, UpstreamResponse } from '../../../src/ports.ts'
import { createSimulator } from '../../../src/simulate/simulator.ts'

/** Answers at once: any timer is a mistake. */
export const instant = createSimulator({
  now: () => 0,
  schedule: () => {
    throw new Error('nothing was to wait for')
  },
  rate: 0,
  delayMs: 0,
})

export const openaiUrl = 'https://api.openai.com/v1/chat/completions'
export const converseUrl =
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.acme.claude-v1%3A0/converse'
export const converseStreamUrl = `${converseUrl}-stream`

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly method?: UpstreamRequest['method']
  readonly backend?: string
}

/** Sends a JSON value, or text as it is. */
export function send(
  fetch: UpstreamFetch,
  url: string,
  body: unknown,
  options: SendOptions = {},
): Promise<UpstreamResponse> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(url, {
    method: options.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: new TextEncoder().encode(text),
    signal: options.signal ?? new AbortController().signal,
    redirect: 'manual',
    ...(options.backend !== undefined && { backend: options.backend }),
  })
}

/** The body as text, to its end. */
export async function readText(response: UpstreamResponse): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer())
}

/** The body as JSON. The tests' assertions are its check. */
export async function readJson(response: UpstreamResponse): Promise<Record<string, unknown>> {
  return JSON.parse(await readText(response))
}

export interface ReadSoFar {
  readonly chunks: Uint8Array[]
  /** `open` while the body goes on. */
  end: 'open' | 'closed' | { readonly error: unknown }
}

/** Reads the body in the background and notes what has come. */
export function watchBody(response: UpstreamResponse): ReadSoFar {
  const seen: ReadSoFar = { chunks: [], end: 'open' }
  const reader = response.body?.getReader()
  const readOn = async () => {
    try {
      for (;;) {
        const next = await reader?.read()
        if (next === undefined || next.done) break
        seen.chunks.push(next.value)
      }
      seen.end = 'closed'
    } catch (error) {
      seen.end = { error }
    }
  }
  void readOn()
  return seen
}

export function user(text: string) {
  return { role: 'user', content: text }
}

export function weatherTool(name = 'get_weather') {
  return {
    type: 'function' as const,
    function: {
      name,
      description: 'The weather at a place',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string' },
          unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
        },
        required: ['city', 'unit'],
        additionalProperties: false,
      },
    },
  }
}
