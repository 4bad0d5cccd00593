// The official client of OpenAI against every simulated provider: nothing changes but the model's name.
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clientGateway } from '../support/client-gateway.ts'
import { settle } from '../support/fake-clock.ts'
import { simulatedEmbedders, simulatedProviders } from '../support/simulated-providers.ts'

const gateway = clientGateway()
const { baseURL } = gateway
const connect = (fetch: typeof gateway.send) =>
  new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0, fetch })
const client = connect(gateway.send)
const clientIn = (trouble: string) => connect(gateway.sendWith(trouble))

const weather = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city', 'unit'],
  additionalProperties: false,
}
const tool = (name: string) => ({
  type: 'function' as const,
  function: { name, description: 'The weather at a place', parameters: weather },
})

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const textOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

const reject = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )

const lastExchange = () => gateway.ended.at(-1)

describe.each(simulatedProviders)('$name', ({ model }) => {
  const hello = { model, messages: [{ role: 'user' as const, content: 'hello there' }] }

  it('answers', async () => {
    const answer = await client.chat.completions.create(hello)
    const [choice, ...others] = answer.choices
    expect(others).toEqual([])
    expect(choice).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: expect.stringContaining('You said "hello there".') },
    })
    expect(choice?.message.tool_calls).toBeUndefined()
    expect(answer.object).toBe('chat.completion')
    expect(answer.id).toMatch(/./)
    expect(answer.model).toMatch(/./)
    expect(answer.created).toBeGreaterThan(1_600_000_000)
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = answer.usage ?? {}
    expect(prompt_tokens).toBeGreaterThan(0)
    expect(completion_tokens).toBeGreaterThan(0)
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
    expect(lastExchange()?.usage).toMatchObject({ input: prompt_tokens, output: completion_tokens })
  })

  it('answers the last of several turns, and counts what was said before', async () => {
    const alone = await client.chat.completions.create(hello)
    const answer = await client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'Be brief and to the point.' },
        { role: 'developer', content: 'Speak plainly.' },
        { role: 'user', content: [{ type: 'text', text: 'What did I say?' }] },
        { role: 'assistant', content: 'Nothing so far.' },
        ...hello.messages,
      ],
    })
    expect(answer.choices[0]?.message.content).toBe(alone.choices[0]?.message.content)
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(alone.usage?.prompt_tokens ?? 0)
    expect(answer.usage?.completion_tokens).toBe(alone.usage?.completion_tokens)
  })

  it('streams what it answers, with the same usage', async () => {
    const whole = await client.chat.completions.create(hello)
    const chunks = await collect(
      await client.chat.completions.create({
        ...hello,
        stream: true,
        stream_options: { include_usage: true },
      }),
    )
    expect(textOf(chunks)).toBe(whole.choices[0]?.message.content)
    const reasons = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])
    expect(reasons).toEqual(['stop'])
    const last = chunks.at(-1)
    expect(last?.choices).toEqual([])
    expect(last?.usage).toMatchObject({
      prompt_tokens: whole.usage?.prompt_tokens,
      completion_tokens: whole.usage?.completion_tokens,
      total_tokens: whole.usage?.total_tokens,
    })
    expect(lastExchange()).toMatchObject({
      outcome: 'complete',
      usage: { input: whole.usage?.prompt_tokens, output: whole.usage?.completion_tokens },
    })
  })

  it('stops at a limit, and says so', async () => {
    const limited = { ...hello, max_completion_tokens: 3 }
    const whole = await client.chat.completions.create(limited)
    expect(whole.choices[0]?.finish_reason).toBe('length')
    expect(whole.usage?.completion_tokens).toBe(3)
    const stream = await client.chat.completions.stream(limited).finalChatCompletion()
    expect(stream.choices[0]?.finish_reason).toBe('length')
    expect(stream.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
  })

  it('stops at a word', async () => {
    const stopped = { ...hello, stop: ['there'] }
    const whole = await client.chat.completions.create(stopped)
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'You said "hello ' },
    })
  })

  it('calls several tools, whole and streamed', async () => {
    const asked = {
      model,
      messages: [{ role: 'user' as const, content: 'alpha, beta' }],
      tools: [tool('alpha'), tool('beta')],
    }
    const whole = await client.chat.completions.create(asked)
    const stream = client.chat.completions.stream(asked)
    const done: string[] = []
    stream.on('tool_calls.function.arguments.done', ({ name, index }) => {
      done.push(`${index} ${name}`)
    })
    const streamed = await stream.finalChatCompletion()
    for (const answer of [whole, streamed]) {
      const [choice] = answer.choices
      expect(choice?.finish_reason).toBe('tool_calls')
      expect(choice?.message.content ?? '').toBe('')
      const calls = choice?.message.tool_calls ?? []
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      const called = calls.map((call) =>
        call.type === 'function' ? [call.function.name, JSON.parse(call.function.arguments)] : [],
      )
      const inOslo = { city: expect.any(String), unit: 'celsius' }
      expect(called).toEqual([
        ['alpha', inOslo],
        ['beta', inOslo],
      ])
    }
    expect(done).toEqual(['0 alpha', '1 beta'])
  })

  it.each([
    ['required', 'required' as const],
    ['named', { type: 'function' as const, function: { name: 'beta' } }],
    ['none', 'none' as const],
  ])('keeps to a choice of tools: %s', async (kind, tool_choice) => {
    const { choices } = await client.chat.completions.create({
      ...hello,
      messages: [{ role: 'user', content: kind === 'none' ? 'alpha' : 'hello' }],
      tools: [tool('alpha'), tool('beta')],
      tool_choice,
    })
    const called = choices[0]?.message.tool_calls?.map((call) =>
      call.type === 'function' ? call.function.name : call.type,
    )
    expect(called).toEqual({ required: ['alpha'], named: ['beta'], none: undefined }[kind])
  })

  it.each(['whole', 'streamed'] as const)('runs tools to the end: %s', async (how) => {
    const seen: unknown[] = []
    const asked = {
      model,
      messages: [{ role: 'user' as const, content: 'get weather' }],
      tools: [
        {
          type: 'function' as const,
          function: {
            name: 'get_weather',
            description: 'The weather at a place',
            parameters: weather,
            parse: JSON.parse,
            function: (input: unknown) => {
              seen.push(input)
              return 'sunny'
            },
          },
        },
      ],
    }
    const text =
      how === 'whole'
        ? await client.chat.completions.runTools(asked).finalContent()
        : await client.chat.completions.runTools({ ...asked, stream: true }).finalContent()
    expect(text).toContain('The tool answered "sunny".')
    expect(seen).toEqual([{ city: expect.any(String), unit: 'celsius' }])
  })

  it.each(['whole', 'streamed'] as const)('keeps to a schema: %s', async (how) => {
    const format = z.object({
      city: z.string(),
      unit: z.enum(['celsius', 'fahrenheit']),
      wind: z.object({ speed: z.number(), from: z.string().nullable() }),
    })
    const asked = { ...hello, response_format: zodResponseFormat(format, 'weather') }
    const answer =
      how === 'whole'
        ? await client.chat.completions.parse(asked)
        : await client.chat.completions.stream(asked).finalChatCompletion()
    expect(answer.choices[0]?.message.parsed).toMatchObject({
      unit: 'celsius',
      wind: { speed: expect.any(Number) },
    })
  })

  it('stops the provider when its stream is left, and counts once', async () => {
    const before = gateway.ended.length
    const stream = await clientIn('stall=6').chat.completions.create({ ...hello, stream: true })
    let read = 0
    for await (const _ of stream) {
      if (++read < 2) continue
      stream.controller.abort()
      break
    }
    await settle()
    expect(gateway.asked.at(-1)?.init.signal.aborted).toBe(true)
    expect(gateway.ended.slice(before).map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(gateway.clock.pending()).toBe(0)
  })

  it('stops the provider when a call is left before its answer', async () => {
    const before = gateway.ended.length
    const leaving = new AbortController()
    const pending = reject(
      clientIn('stall=0').chat.completions.create(hello, { signal: leaving.signal }),
    )
    await settle()
    await settle()
    leaving.abort()
    expect(await pending).toBeInstanceOf(APIUserAbortError)
    await settle()
    expect(gateway.asked.at(-1)?.init.signal.aborted).toBe(true)
    expect(gateway.ended.slice(before).map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(gateway.clock.pending()).toBe(0)
  })

  it.each([
    [400, BadRequestError],
    [401, AuthenticationError],
    [404, NotFoundError],
    [429, RateLimitError],
    [500, InternalServerError],
    [503, InternalServerError],
  ])('raises the error that belongs to status %i, streamed or not', async (status, type) => {
    for (const stream of [false, true]) {
      const { chat } = clientIn(`status=${status},retry-after=7`)
      const error = await reject(chat.completions.create({ ...hello, stream }))
      expect(error).toBeInstanceOf(type)
      if (!(error instanceof APIError)) throw error
      expect(error.status).toBe(status)
      expect(error.message).toMatch(new RegExp(`^${status} \\S`))
      expect(error.type ?? error.code).toMatch(/./)
      expect(error.headers?.get('retry-after')).toBe('7')
    }
  })

  it('refuses what nobody could do, and says where', async () => {
    const stranger = { role: 'robot' as 'user', content: 'beep' }
    const asked = { model, messages: [...hello.messages, stranger] }
    const error = await reject(client.chat.completions.create(asked))
    if (!(error instanceof APIError)) throw error
    expect([400, 422]).toContain(error.status)
    expect(`${error.param} ${error.message}`).toContain('messages[1]')
    expect(error.message).toContain('robot')
  })

  it('raises an error where the stream breaks, after what had come', async () => {
    const stream = await clientIn('cut=6').chat.completions.create({ ...hello, stream: true })
    const chunks: ChatCompletionChunk[] = []
    const error = await reject(
      (async () => {
        for await (const chunk of stream) chunks.push(chunk)
      })(),
    )
    expect(error).toBeInstanceOf(APIError)
    expect('You said "hello there".').toContain(textOf(chunks).slice(0, 12))
    expect(textOf(chunks)).not.toBe('')
    expect(lastExchange()?.outcome).toBe('failed')
  })

  it('raises an error with a status where the stream breaks before any content', async () => {
    const error = await reject(
      clientIn('cut=0').chat.completions.create({ ...hello, stream: true }),
    )
    expect(error).toBeInstanceOf(InternalServerError)
  })
})

it.each(simulatedEmbedders)('embeds by $name', async ({ embeddings }) => {
  const input = ['red', 'blue', 'red']
  const answer = await client.embeddings.create({ model: embeddings, input })
  expect(answer.data.map(({ index }) => index)).toEqual([0, 1, 2])
  const [red = [], blue, again] = answer.data.map(({ embedding }) => embedding)
  expect(red.length).toBeGreaterThan(100)
  expect(red).toEqual(again)
  expect(red).not.toEqual(blue)
  expect(Math.hypot(...red)).toBeCloseTo(1, 3)
  expect(answer.usage.prompt_tokens).toBeGreaterThan(0)
  expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens)
})

it('does not find a model that nobody has', async () => {
  const error = await reject(
    client.chat.completions.create({ model: 'nobody', messages: [{ role: 'user', content: '' }] }),
  )
  expect(error).toBeInstanceOf(NotFoundError)
})

it('lists every model', async () => {
  const listed = (await collect(client.models.list())).map(({ id }) => id)
  expect(listed).toEqual(expect.arrayContaining(simulatedProviders.map(({ model }) => model)))
})
