// Vercel's AI SDK with its OpenAI-compatible provider, against every simulated provider.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { describe, expect, it } from 'vitest'
import { clientGateway } from '../support/client-gateway.ts'
import { settle } from '../support/fake-clock.ts'
import { simulatedEmbedders, simulatedProviders } from '../support/simulated-providers.ts'

interface Weather {
  readonly city: string
  readonly unit: 'celsius' | 'fahrenheit'
}

const weather = jsonSchema<Weather>({
  type: 'object',
  properties: {
    city: { type: 'string' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city', 'unit'],
  additionalProperties: false,
})

const gateway = clientGateway()
const connect = (fetch: typeof gateway.send) =>
  createOpenAICompatible({
    name: 'gateway',
    baseURL: gateway.baseURL,
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch,
  })
const provider = connect(gateway.send)

describe.each(simulatedProviders)('$name', ({ model: id }) => {
  const model = provider(id)

  it('answers', async () => {
    const { text, finishReason, usage, warnings } = await generateText({
      model,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'What did I say?' },
        { role: 'assistant', content: 'Nothing so far.' },
        { role: 'user', content: [{ type: 'text', text: 'hello there' }] },
      ],
    })
    expect(text).toContain('You said "hello there".')
    expect([finishReason, warnings]).toEqual(['stop', []])
    expect(usage.inputTokens).toBeGreaterThan(0)
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0))
  })

  it('streams what it answers, with the same usage', async () => {
    const whole = await generateText({ model, prompt: 'hello there' })
    const stream = streamText({ model, prompt: 'hello there' })
    const texts: string[] = []
    for await (const text of stream.textStream) texts.push(text)
    expect(texts.length).toBeGreaterThan(5)
    expect(texts.join('')).toBe(whole.text)
    expect(await stream.finishReason).toBe('stop')
    const { inputTokens, outputTokens } = whole.usage
    expect(await stream.usage).toMatchObject({ inputTokens, outputTokens })
  })

  it.each(['whole', 'streamed'])('calls a tool and goes on with its result: %s', async (how) => {
    const seen: Weather[] = []
    const asked = {
      model,
      prompt: 'get weather, please',
      stopWhen: stepCountIs(3),
      tools: {
        get_weather: tool({
          description: 'The weather at a place',
          inputSchema: weather,
          execute: async (input) => {
            seen.push(input)
            return 'sunny'
          },
        }),
        get_time: tool({ inputSchema: weather, execute: async () => 'noon' }),
      },
    }
    const answer = how === 'whole' ? await generateText(asked) : streamText(asked)
    const [text, steps] = [await answer.text, await answer.steps]
    expect(text).toContain('The tool answered "sunny".')
    expect(seen).toEqual([{ city: expect.any(String), unit: 'celsius' }])
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop'])
  })

  it('calls a tool that it must call', async () => {
    const { toolCalls, finishReason } = await generateText({
      model,
      prompt: 'hello',
      toolChoice: { type: 'tool', toolName: 'second' },
      tools: {
        first: tool({ inputSchema: weather }),
        second: tool({ inputSchema: weather }),
      },
    })
    expect(toolCalls.map(({ toolName }) => toolName)).toEqual(['second'])
    expect(toolCalls[0]?.input).toMatchObject({ unit: 'celsius' })
    expect(['tool-calls', 'stop']).toContain(finishReason)
  })

  it('keeps to a schema', async () => {
    const asked = { model, prompt: 'hello', output: Output.object({ schema: weather }) }
    const { output } = await generateText(asked)
    expect(output).toEqual({ city: expect.any(String), unit: 'celsius' })
    expect(await streamText(asked).output).toEqual(output)
  })

  it('raises an error that tells whether to try again', async () => {
    for (const [status, isRetryable] of [
      [429, true],
      [503, true],
      [401, false],
    ]) {
      const failing = connect(gateway.sendWith(`status=${status}`))(id)
      const work = generateText({ model: failing, prompt: 'hello', maxRetries: 0 })
      const error: unknown = await work.then(String, (reason: unknown) => reason)
      if (!APICallError.isInstance(error)) throw error
      expect([error.statusCode, error.isRetryable]).toEqual([status, isRetryable])
      expect(error.message).toMatch(/\S+ \S+/)
    }
  })

  it('stops the provider when its stream is left', async () => {
    const before = gateway.ended.length
    const leaving = new AbortController()
    const stream = streamText({
      model: connect(gateway.sendWith('stall=6'))(id),
      prompt: 'hello there',
      abortSignal: leaving.signal,
    })
    for await (const _ of stream.textStream) leaving.abort()
    await settle()
    expect(gateway.asked.at(-1)?.init.signal.aborted).toBe(true)
    expect(gateway.ended.slice(before).map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })
})

it.each(simulatedEmbedders)('embeds by $name', async ({ embeddings }) => {
  const { embeddings: found, usage } = await embedMany({
    model: provider.embeddingModel(embeddings),
    values: ['red', 'blue', 'red'],
  })
  expect(found).toHaveLength(3)
  expect(found[0]).toEqual(found[2])
  expect(found[0]).not.toEqual(found[1])
  expect(usage.tokens).toBeGreaterThan(0)
})
