import OpenAI, { BadRequestError } from 'openai'
import { describe, expect, it } from 'vitest'
import { instant, readJson, send } from './support.ts'

const url = 'https://api.openai.com/v1/embeddings'

/** The official client, with the simulator in place of the network. */
const client = new OpenAI({
  apiKey: 'none',
  maxRetries: 0,
  fetch: async (to, init) => {
    const answer = await send(instant, String(to), String(init?.body))
    const names = new Headers()
    answer.headers.forEach((value, name) => {
      names.set(name, value)
    })
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: names })
  },
})

describe('embeddings', () => {
  it('are what the official client reads, which asks for base64', async () => {
    const { data, usage } = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b', 'a'],
    })
    const [first, second, third] = data.map(({ embedding }) => embedding)
    expect(first).toHaveLength(1536)
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5)
    expect(third).toEqual(first)
    expect(second).not.toEqual(first)
    expect(usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
  })

  it('say the same as numbers and in base64', async () => {
    const ask = async (encoding_format: string) => {
      const answer = await send(instant, url, {
        model: 'm',
        input: 'a',
        dimensions: 4,
        encoding_format,
      })
      return (await readJson(answer)) as { data: [{ embedding: number[] | string }] }
    }
    const numbers = (await ask('float')).data[0].embedding
    const bytes = Buffer.from(String((await ask('base64')).data[0].embedding), 'base64')
    expect([0, 4, 8, 12].map((at) => bytes.readFloatLE(at))).toEqual(numbers)
  })

  it.each([
    ['text-embedding-3-large', 3072],
    ['text-embedding-ada-002', 1536],
  ])('of %s have %d dimensions', async (model, length) => {
    const { data } = await client.embeddings.create({ model, input: [1, 2, 3] })
    expect(data[0]?.embedding).toHaveLength(length)
  })

  it.each<[string, object]>([
    ['an empty text', { input: '' }],
    ['an empty list', { input: [] }],
    ['texts and tokens together', { input: ['a', 1] }],
    ['no input', {}],
    ['too many dimensions', { input: 'a', dimensions: 4000 }],
    ['an unknown encoding', { input: 'a', encoding_format: 'hex' }],
    [
      'dimensions where the model has its own',
      { model: 'text-embedding-ada-002', input: 'a', dimensions: 4 },
    ],
  ])('refuse %s', async (_, body) => {
    const asked = { model: 'text-embedding-3-small', ...body } as OpenAI.EmbeddingCreateParams
    await expect(client.embeddings.create(asked)).rejects.toBeInstanceOf(BadRequestError)
  })
})
