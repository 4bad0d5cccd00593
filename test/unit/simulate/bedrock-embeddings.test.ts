import { describe, expect, it } from 'vitest'
import { instant, readJson, send } from './support.ts'

const invoke = (model: string, body: unknown) =>
  send(instant, `https://bedrock-runtime.us-east-1.amazonaws.com/model/${model}/invoke`, body)

const titan = 'amazon.titan-embed-text-v2%3A0'
const cohere = 'cohere.embed-english-v3'
const nova = 'amazon.nova-2-multimodal-embeddings-v1%3A0'
const single = (text: object) => ({ taskType: 'SINGLE_EMBEDDING', singleEmbeddingParams: { text } })

describe('embeddings by Bedrock', () => {
  it('come one at a time from Titan', async () => {
    const answer = await invoke(titan, { inputText: 'hello', dimensions: 256 })
    const { embedding, inputTextTokenCount } = await readJson(answer)
    expect([answer.status, inputTextTokenCount, embedding]).toEqual([200, 2, expect.any(Array)])
    expect(embedding).toHaveLength(256)
    expect(answer.headers.get('x-amzn-bedrock-input-token-count')).toBe('2')
  })

  it('come as a list from Cohere', async () => {
    const answer = await invoke(cohere, { texts: ['a', 'b'], input_type: 'search_query' })
    expect((await readJson(answer)).embeddings).toHaveLength(2)
  })

  it('come in objects from Nova', async () => {
    const answer = await invoke(nova, single({ value: 'a', truncationMode: 'END' }))
    const { embeddings } = (await readJson(answer)) as { embeddings: { embedding: unknown[] }[] }
    expect(embeddings.map(({ embedding }) => embedding.length)).toEqual([3072])
  })

  it.each([
    [titan, {}, 'expected minLength: 1'],
    [titan, { inputText: 'a', user: 'u' }, 'extraneous key [user]'],
    [
      'amazon.titan-embed-text-v1',
      { inputText: 'a', dimensions: 1 },
      'extraneous key [dimensions]',
    ],
    [cohere, { texts: 'a', input_type: 'search_query' }, '#/texts'],
    [cohere, { texts: ['a'] }, 'required key [input_type] not found'],
    [cohere, { texts: new Array(97).fill('a'), input_type: 'x' }, 'maximum item count: 96'],
    [nova, single({}), 'Malformed input request'],
    [nova, 'not JSON', 'Malformed input request'],
  ])('are refused: %s %j', async (model, body, message) => {
    const answer = await invoke(model, body)
    expect([answer.status, (await readJson(answer)).message]).toEqual([
      400,
      expect.stringContaining(message),
    ])
  })
})
