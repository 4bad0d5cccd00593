// A provider that does what each request tells it to, attempt by attempt, and keeps the books: what was asked of it,
// and which tokens it has reported to whoever was still there.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What becomes of one attempt. */
export type Step =
  | { readonly do: 'answer' }
  | { readonly do: 'status'; readonly status: number }
  /** No head, and no connection any more. */
  | { readonly do: 'reset' }
  /** The connection breaks, before any content and after some. */
  | { readonly do: 'cut'; readonly after: 'nothing' | 'content' }
  /** An error in the place of the rest. */
  | { readonly do: 'error-event' }
  /** A head that says JSON, and a body that is none. */
  | { readonly do: 'garbage' }
  /** Says no more until the other side has gone. */
  | { readonly do: 'hold'; readonly after: 'nothing' | 'content' | 'everything' }

/** In the header `x-script`. */
export interface Script {
  readonly id: number
  readonly steps: readonly Step[]
  readonly tokens: Tokens
}

/** As the metrics name them. */
export type Tokens = Readonly<
  Record<'input' | 'output' | 'cached_input' | 'cache_creation_input' | 'reasoning', number>
>

export interface Attempt {
  readonly id: number
  /** The client's request as it came here. */
  readonly model: string
  readonly step: Step
  /** What was reported; where nothing was, all of it is missing. */
  readonly reported: Partial<Tokens>
}

export interface CountingProvider {
  readonly port: number
  readonly attempts: readonly Attempt[]
  /** Resolves when this request is held, for the client to leave. */
  held(id: number): Promise<void>
  /** Answers that are still open, held or not. */
  open(): number
  close(): Promise<void>
}

interface Dialect {
  readonly whole: (model: string, tokens: Tokens) => object
  /** Events: the first without content, then some content, then the rest with the tokens. */
  readonly events: (
    model: string,
    tokens: Tokens,
  ) => { readonly start: string; readonly content: string; readonly rest: string }
  readonly errorEvent: string
  readonly report: (tokens: Tokens) => Partial<Tokens>
}

const event = (data: unknown, type?: string) =>
  `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(data)}\n\n`
const done = 'data: [DONE]\n\n'
const serverError = { error: { message: 'no', type: 'server_error', code: null } }

const chatUsage = (tokens: Tokens) => ({
  prompt_tokens: tokens.input,
  completion_tokens: tokens.output,
  total_tokens: tokens.input + tokens.output,
  // Every other one knows nothing of caches and reasoning.
  ...(tokens.input % 2 === 0
    ? {
        prompt_tokens_details: { cached_tokens: tokens.cached_input },
        completion_tokens_details: { reasoning_tokens: tokens.reasoning },
      }
    : {}),
})
const chatReport = (tokens: Tokens): Partial<Tokens> => {
  const { input, output, cached_input, reasoning } = tokens
  return input % 2 === 0
    ? { input, output, cached_input, cache_creation_input: 0, reasoning }
    : { input, output }
}

function choices(object: string, say: (text: string) => object): Dialect {
  const base = (model: string) => ({ id: 'c', object, created: 1, model: `${model}-answered` })
  return {
    whole: (model, tokens) => ({
      ...base(model),
      choices: [{ index: 0, ...say('Hello'), finish_reason: 'stop' }],
      usage: chatUsage(tokens),
    }),
    events: (model, tokens) => {
      const chunk = (text: string, finish: string | null = null) =>
        event({
          ...base(model),
          choices: [
            {
              index: 0,
              delta: { role: 'assistant', content: text },
              text,
              finish_reason: finish,
            },
          ],
        })
      const usage = event({ ...base(model), choices: [], usage: chatUsage(tokens) })
      return {
        start: chunk(''),
        content: chunk('Hel') + chunk('lo'),
        rest: chunk('', 'stop') + usage + done,
      }
    },
    errorEvent: event(serverError),
    report: chatReport,
  }
}

const message = (content: string) => ({ message: { role: 'assistant', content } })

const claudeUsage = (tokens: Tokens) => ({
  input_tokens: tokens.input,
  cache_read_input_tokens: tokens.cached_input,
  cache_creation_input_tokens: tokens.cache_creation_input,
  output_tokens: tokens.output,
})

const claude: Dialect = {
  whole: (model, tokens) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: `${model}-answered`,
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: claudeUsage(tokens),
  }),
  events(model, tokens) {
    const typed = (type: string, rest: object) => event({ type, ...rest }, type)
    const block = { index: 0, content_block: { type: 'text', text: '' } }
    const usage = { ...claudeUsage(tokens), output_tokens: 1 }
    return {
      start: typed('message_start', {
        message: {
          ...{ id: 'm', type: 'message', role: 'assistant', model: `${model}-answered` },
          ...{ content: [], stop_reason: null, stop_sequence: null, usage },
        },
      }),
      content:
        typed('content_block_start', block) +
        typed('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
      rest:
        typed('content_block_stop', { index: 0 }) +
        typed('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: tokens.output },
        }) +
        typed('message_stop', {}),
    }
  },
  errorEvent: event({ type: 'error', error: { type: 'overloaded_error', message: 'no' } }, 'error'),
  report: ({ input, output, cached_input, cache_creation_input }) => ({
    // What came from the cache and what went there has been read too.
    input: input + cached_input + cache_creation_input,
    ...{ output, cached_input, cache_creation_input },
  }),
}

const response = (model: string, more: object) => ({
  ...{ id: 'r', object: 'response', created_at: 1, status: 'completed' },
  ...{ model: `${model}-answered`, output: [], ...more },
})
const responsesUsage = (tokens: Tokens) => ({
  usage: {
    input_tokens: tokens.input,
    input_tokens_details: { cached_tokens: tokens.cached_input },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: tokens.input + tokens.output,
  },
})

const responses: Dialect = {
  whole: (model, tokens) => response(model, responsesUsage(tokens)),
  events(model, tokens) {
    const typed = (type: string, rest: object) => event({ type, ...rest }, type)
    return {
      start: typed('response.created', { response: response(model, { status: 'in_progress' }) }),
      content: typed('response.output_text.delta', { output_index: 0, delta: 'Hello' }),
      rest: typed('response.completed', { response: response(model, responsesUsage(tokens)) }),
    }
  },
  errorEvent: event({ type: 'error', code: 'server_error', message: 'no' }, 'error'),
  report: ({ input, output, cached_input, reasoning }) => ({
    ...{ input, output, cached_input, cache_creation_input: 0, reasoning },
  }),
}

const embeddings: Dialect = {
  ...choices('list', message),
  whole: (model, { input }) => ({
    object: 'list',
    model: `${model}-answered`,
    data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
    usage: { prompt_tokens: input, total_tokens: input },
  }),
  report: ({ input }) => ({ input }),
}

const dialects: readonly (readonly [suffix: string, Dialect])[] = [
  ['/chat/completions', choices('chat.completion.chunk', message)],
  ['/completions', choices('text_completion', (text) => ({ text }))],
  ['/messages', claude],
  ['/responses', responses],
  ['/embeddings', embeddings],
]

function dialectOf(path: string): Dialect {
  const [, dialect] = dialects.find(([suffix]) => path.endsWith(suffix)) ?? []
  if (dialect === undefined) throw new Error(`nobody speaks ${path}`)
  return dialect
}

export async function startCountingProvider(): Promise<CountingProvider> {
  const attempts: Attempt[] = []
  const tries = new Map<number, number>()
  const held = new Map<number, { readonly promise: Promise<void>; readonly resolve: () => void }>()
  let open = 0
  const heldOf = (id: number) => {
    let known = held.get(id)
    if (known === undefined) {
      let resolve = () => {}
      const promise = new Promise<void>((done) => {
        resolve = done
      })
      known = { promise, resolve }
      held.set(id, known)
    }
    return known
  }

  const answer = (request: IncomingMessage, body: string, out: ServerResponse) => {
    // The cast: the test that sends the header has written it.
    const script = JSON.parse(String(request.headers['x-script'])) as Script
    const { id, steps, tokens } = script
    const { model, stream } = JSON.parse(body)
    const nth = tries.get(id) ?? 0
    tries.set(id, nth + 1)
    const step = steps[nth]
    if (step === undefined) throw new Error(`request ${id} was tried ${nth + 1} times`)
    const dialect = dialectOf(request.url ?? '')
    const events = dialect.events(model, tokens)
    const sendHead = (type: string) => out.writeHead(200, { 'content-type': type })
    let reported: Partial<Tokens> = {}
    switch (step.do) {
      case 'answer':
        reported = dialect.report(tokens)
        if (stream) {
          sendHead('text/event-stream').write(events.start)
          out.end(events.content + events.rest)
        } else {
          sendHead('application/json').end(JSON.stringify(dialect.whole(model, tokens)))
        }
        break
      case 'status':
        out.writeHead(step.status, { 'content-type': 'application/json' })
        out.end(JSON.stringify(serverError))
        break
      case 'reset':
        out.destroy()
        break
      case 'cut':
        sendHead('text/event-stream')
        out.write(events.start + (step.after === 'nothing' ? '' : events.content), () =>
          out.destroy(),
        )
        break
      case 'error-event':
        sendHead('text/event-stream').end(events.start + events.content + dialect.errorEvent)
        break
      case 'garbage':
        sendHead('application/json').end('{"choices": [')
        break
      case 'hold':
        if (step.after !== 'nothing') sendHead('text/event-stream').write(events.start)
        if (step.after === 'content') out.write(events.content)
        if (step.after === 'everything') {
          reported = dialect.report(tokens)
          out.write(events.content + events.rest)
        }
        heldOf(id).resolve()
        break
    }
    attempts.push({ id, model, step, reported })
  }

  const server = createServer((request, out) => {
    open++
    out.on('close', () => open--)
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => answer(request, body, out))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // The cast: it listens on TCP.
    port: (server.address() as AddressInfo).port,
    attempts,
    held: (id) => heldOf(id).promise,
    open: () => open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
