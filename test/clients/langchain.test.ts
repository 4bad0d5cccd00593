// LangChain's ChatOpenAI against every simulated provider.
import {
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
} from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clientGateway } from '../support/client-gateway.ts'
import { settle } from '../support/fake-clock.ts'
import { simulatedEmbedders, simulatedProviders } from '../support/simulated-providers.ts'

const gateway = clientGateway()
const { baseURL } = gateway
const connect = (model: string, fetch: typeof gateway.send = gateway.send) =>
  new ChatOpenAI({
    model,
    apiKey: 'none',
    maxRetries: 0,
    streamUsage: true,
    configuration: { baseURL, fetch },
  })

const weather = z.object({ city: z.string(), unit: z.enum(['celsius', 'fahrenheit']) })
/** All pieces as one message, and how many there were. */
async function join(stream: AsyncIterable<AIMessageChunk>) {
  const pieces: AIMessageChunk[] = []
  for await (const piece of stream) pieces.push(piece)
  const [first, ...rest] = pieces
  if (first === undefined) throw new Error('nothing was streamed')
  return { message: rest.reduce((sum, piece) => sum.concat(piece), first), count: pieces.length }
}

function usageOf(message: { usage_metadata?: UsageMetadata | undefined }): UsageMetadata {
  if (message.usage_metadata === undefined) throw new Error('there is no usage')
  return message.usage_metadata
}

const getWeather = tool(async ({ unit }) => `sunny in ${unit}`, {
  name: 'get_weather',
  description: 'The weather at a place',
  schema: weather,
})

describe.each(simulatedProviders)('$name', ({ model }) => {
  const chat = connect(model)

  it('answers', async () => {
    const answer = await chat.invoke([
      new SystemMessage('Be brief.'),
      new HumanMessage('What did I say?'),
      new AIMessageChunk('Nothing so far.'),
      new HumanMessage('hello there'),
    ])
    expect(answer.text).toContain('You said "hello there".')
    const usage = usageOf(answer)
    expect(usage.input_tokens).toBeGreaterThan(0)
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens)
    expect(answer.response_metadata['finish_reason']).toBe('stop')
  })

  it('streams what it answers, with the same usage', async () => {
    const whole = await chat.invoke('hello there')
    const { message: streamed, count } = await join(await chat.stream('hello there'))
    expect(count).toBeGreaterThan(5)
    expect(streamed.text).toBe(whole.text)
    const { input_tokens, output_tokens, total_tokens } = usageOf(whole)
    expect(usageOf(streamed)).toMatchObject({ input_tokens, output_tokens, total_tokens })
    expect(streamed.response_metadata['finish_reason']).toBe('stop')
  })

  it.each(['whole', 'streamed'])('calls a tool and goes on with its result: %s', async (how) => {
    const bound = chat.bindTools([getWeather])
    const ask = async (messages: readonly (HumanMessage | AIMessageChunk | ToolMessage)[]) => {
      if (how === 'whole') return bound.invoke([...messages])
      return (await join(await bound.stream([...messages]))).message
    }
    const question = new HumanMessage('get weather')
    const first = await ask([question])
    expect(first.tool_calls?.map(({ name, args }) => [name, args])).toEqual([
      ['get_weather', { city: expect.any(String), unit: 'celsius' }],
    ])
    const [call] = first.tool_calls ?? []
    if (call === undefined) throw new Error('nothing was called')
    const result: unknown = await getWeather.invoke({ ...call, type: 'tool_call' })
    if (!ToolMessage.isInstance(result)) throw new Error('the tool gave no message')
    const last = await ask([question, first, result])
    expect(last.text).toContain('The tool answered "sunny in celsius".')
    expect(last.tool_calls ?? []).toEqual([])
  })

  it.each(['jsonSchema', 'functionCalling', 'jsonMode'] as const)(
    'keeps to a schema by %s',
    async (method) => {
      const schema = method === 'jsonMode' ? z.object({ answer: z.string() }) : weather
      const structured = chat.withStructuredOutput(schema, { name: 'weather', method })
      const value = await structured.invoke('hello, answer in JSON')
      expect(() => schema.parse(value)).not.toThrow()
    },
  )

  it('raises errors with their status', async () => {
    for (const status of [400, 429, 500]) {
      const failing = connect(model, gateway.sendWith(`status=${status}`))
      await expect(failing.invoke('hello')).rejects.toMatchObject({ status })
    }
  })

  it('stops the provider when its stream is left', async () => {
    const before = gateway.ended.length
    const leaving = new AbortController()
    const stream = await connect(model, gateway.sendWith('stall=6')).stream('hello there', {
      signal: leaving.signal,
    })
    const read = async () => {
      for await (const _ of stream) leaving.abort()
    }
    await read().catch(() => {})
    await settle()
    expect(gateway.asked.at(-1)?.init.signal.aborted).toBe(true)
    expect(gateway.ended.slice(before).map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })
})

it.each(simulatedEmbedders)('embeds by $name', async ({ embeddings }) => {
  const embedder = new OpenAIEmbeddings({
    model: embeddings,
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL, fetch: gateway.send },
  })
  const [red, blue, again] = await embedder.embedDocuments(['red', 'blue', 'red'])
  expect(red).toEqual(again)
  expect(red).not.toEqual(blue)
})
