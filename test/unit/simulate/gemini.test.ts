import { describe, expect, it } from 'vitest'
import { countTokens } from '../../../src/simulate/tokens.ts'
import { instant, readJson, readText, send } from './support.ts'

const models =
  'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models'
const url = `${models}/gemini-2.5-flash:generateContent`
const streamUrl = `${models}/gemini-2.5-flash:streamGenerateContent?alt=sse`

const user = (...parts: unknown[]) => ({ role: 'user', parts })
const model = (...parts: unknown[]) => ({ role: 'model', parts })
const text = (words: string) => ({ text: words })
const hi = { contents: [user(text('hi'))] }

const declaration = (name: string) => ({
  name,
  parametersJsonSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
})

interface Part {
  readonly text: string
  readonly thought?: boolean
  readonly functionCall?: { readonly name: string }
}

/** As much of an answer as the assertions look at. */
interface Answer {
  readonly candidates: readonly [
    {
      readonly content: { readonly parts: readonly [Part, ...Part[]] }
      readonly finishReason?: string
      readonly index?: number
    },
  ]
  readonly usageMetadata: Readonly<Record<string, number>>
  readonly predictions: readonly { readonly embeddings: { readonly values: readonly number[] } }[]
  readonly embedding: { readonly values: readonly number[] }
}

async function ask(body: unknown, to = url): Promise<Answer> {
  const answer = await send(instant, to, body, { backend: 'default/vertex' })
  expect(answer.status).toBe(200)
  return JSON.parse(await readText(answer))
}

async function stream(body: unknown, to = streamUrl): Promise<Answer[]> {
  const answer = await send(instant, to, body, { backend: 'default/vertex' })
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const events = (await readText(answer)).split('\r\n\r\n')
  expect(events.pop()).toBe('')
  return events.map((event) => JSON.parse(event.replace(/^data: /, '')))
}

async function refusal(body: unknown, to = url): Promise<unknown> {
  const answer = await send(instant, to, body)
  const { error } = await readJson(answer)
  expect(answer.status).toBe((error as { code: number }).code)
  return error
}

describe('generateContent', () => {
  it('quotes the last user content and names model and backend', async () => {
    const answer = await ask({
      contents: [user(text('one')), model(text('yes')), user(text('two'))],
      systemInstruction: { parts: [text('Be brief.')] },
    })
    const said = 'You said "two". This is gemini-2.5-flash, simulated at default/vertex.'
    expect(answer).toMatchObject({
      candidates: [{ content: { role: 'model', parts: [{ text: said }] }, finishReason: 'STOP' }],
      modelVersion: 'gemini-2.5-flash',
      usageMetadata: {
        promptTokenCount: ['one', 'yes', 'two', 'Be brief.']
          .map(countTokens)
          .reduce((a, b) => a + b),
        candidatesTokenCount: countTokens(said),
      },
    })
    const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = answer.usageMetadata
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount)
  })

  it('streams the same text, and ends with the same usage', async () => {
    const whole = await ask(hi)
    const events = await stream(hi)
    const said = events.map((event) => event.candidates[0].content.parts[0].text).join('')
    expect(said).toBe(whole.candidates[0].content.parts[0].text)
    expect(events.at(-1)?.usageMetadata).toEqual(whole.usageMetadata)
    expect(events.at(-1)?.candidates[0].finishReason).toBe('STOP')
    expect(events.slice(0, -1).every((event) => !event.candidates[0].finishReason)).toBe(true)
  })

  it('calls a tool that the question names, with a signature', async () => {
    const body = {
      contents: [user(text('get weather'))],
      tools: [{ functionDeclarations: [declaration('get_weather'), declaration('other')] }],
    }
    const call = {
      functionCall: { name: 'get_weather', args: { city: expect.any(String) } },
      thoughtSignature: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
    }
    expect((await ask(body)).candidates[0].content.parts).toEqual([call])
    const events = await stream(body)
    expect(events[0]?.candidates[0].content.parts).toEqual([call])
    expect(events).toHaveLength(2)
  })

  it.each([
    [{ mode: 'NONE' }, undefined],
    [{ mode: 'ANY' }, 'a'],
    [{ mode: 'ANY', allowedFunctionNames: ['b'] }, 'b'],
    [{ mode: 'VALIDATED', allowedFunctionNames: ['b'] }, undefined],
  ])('minds the mode %j', async (functionCallingConfig, called) => {
    const answer = await ask({
      ...hi,
      tools: [{ functionDeclarations: [declaration('a'), declaration('b')] }],
      toolConfig: { functionCallingConfig },
    })
    expect(answer.candidates[0].content.parts[0].functionCall?.name).toBe(called)
  })

  it('answers from the results of tools', async () => {
    const answer = await ask({
      contents: [
        user(text('get weather')),
        model({ functionCall: { name: 'get_weather', args: {} } }),
        user({ functionResponse: { name: 'get_weather', response: { output: 'sunny' } } }),
      ],
      tools: [{ functionDeclarations: [declaration('get_weather')] }],
    })
    expect(answer.candidates[0].content.parts[0].text).toMatch(/^The tool answered "sunny"/)
  })

  it('answers in the form that is asked for', async () => {
    const config = async (generationConfig: unknown) =>
      (await ask({ ...hi, generationConfig })).candidates[0].content.parts[0].text
    const mime = { responseMimeType: 'application/json' }
    expect(JSON.parse(await config(mime))).toEqual({ answer: expect.any(String) })
    const schema = { type: 'OBJECT', properties: { n: { type: 'INTEGER' } }, required: ['n'] }
    expect(JSON.parse(await config({ ...mime, responseSchema: schema }))).toEqual({
      n: expect.any(Number),
    })
    const word = { type: 'STRING', enum: ['red', 'blue'] }
    expect(await config({ responseMimeType: 'text/x.enum', responseSchema: word })).toBe('red')
  })

  it('makes several candidates, cuts at the limit, stops at a sequence', async () => {
    const two = await ask({ ...hi, generationConfig: { candidateCount: 2 } })
    expect(two.candidates.map(({ index }) => index)).toEqual([undefined, 1])
    const short = await ask({ ...hi, generationConfig: { maxOutputTokens: 2 } })
    expect(short.candidates[0]).toMatchObject({
      finishReason: 'MAX_TOKENS',
      content: { parts: [{ text: 'You said' }] },
    })
    const stopped = await ask({ ...hi, generationConfig: { stopSequences: [' said'] } })
    expect(stopped.candidates[0].content.parts[0].text).toBe('You')
  })

  it('shows and counts its thoughts where they are asked for', async () => {
    const body = { ...hi, generationConfig: { thinkingConfig: { includeThoughts: true } } }
    const { candidates, usageMetadata } = await ask(body)
    const [thought, answer] = candidates[0].content.parts
    expect([thought.thought, answer?.thought]).toEqual([true, undefined])
    expect(usageMetadata.thoughtsTokenCount).toBe(countTokens(thought.text))
    expect((await stream(body))[0]?.candidates[0].content.parts).toEqual([thought])
  })
})

describe('what Gemini refuses', () => {
  it.each<[string, unknown, RegExp, string?]>([
    ['no JSON', '{', /Invalid JSON payload/],
    ['an unknown member', { ...hi, model: 'x' }, /Unknown name "model": Cannot find field/],
    [
      'an unknown parameter',
      { ...hi, generationConfig: { max_tokens: 1 } },
      /Unknown name "max_tokens" at 'generation_config'/,
    ],
    ['no contents', { contents: [] }, /at least one contents field/],
    ['no parts', { contents: [user()] }, /at least one parts field/],
    ['an empty part', { contents: [user({})] }, /must have one initialized field/],
    ['a part of two kinds', { contents: [user({ text: 'a', inlineData: {} })] }, /already set/],
    ['another role', { contents: [{ role: 'assistant', parts: [text('a')] }] }, /valid role/],
    [
      'a call out of place',
      { contents: [model({ functionCall: { name: 'f' } })] },
      /immediately after a user turn/,
    ],
    [
      'a call without its response',
      {
        contents: [user(text('a')), model({ functionCall: { name: 'f' } }), user(text('b'))],
      },
      /number of function response parts is equal/,
    ],
    [
      'a call without a signature',
      {
        contents: [
          user(text('a')),
          model({ functionCall: { name: 'f' } }),
          user({ functionResponse: { name: 'f', response: { output: 'x' } } }),
        ],
      },
      /missing a `thought_signature`/,
      `${models}/gemini-3-flash-preview:generateContent`,
    ],
    [
      'a function with a bad name',
      { ...hi, tools: [{ functionDeclarations: [{ name: '1 f' }] }] },
      /Invalid function name/,
    ],
    [
      'a keyword of JSON schema in its own',
      {
        ...hi,
        tools: [
          {
            functionDeclarations: [
              { name: 'f', parameters: { type: 'object', additionalProperties: false } },
            ],
          },
        ],
      },
      /Unknown name "additionalProperties"/,
    ],
    [
      'names without a mode for them',
      {
        ...hi,
        tools: [{ functionDeclarations: [declaration('a')] }],
        toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['a'] } },
      },
      /only be set when/,
    ],
    [
      'a temperature out of range',
      { ...hi, generationConfig: { temperature: 3 } },
      /range is from 0/,
    ],
    [
      'budget and level together',
      {
        ...hi,
        generationConfig: { thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } },
      },
      /only one of/,
    ],
    [
      'no thinking where there must be some',
      { ...hi, generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      /only works in thinking mode/,
      `${models}/gemini-2.5-pro:generateContent`,
    ],
    [
      'a schema without JSON',
      { ...hi, generationConfig: { responseSchema: { type: 'STRING' } } },
      /needs a response_mime_type/,
    ],
  ])('%s', async (_, body, message, to = url) => {
    expect(await refusal(body, to)).toEqual({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    })
  })

  it('an unknown method', async () => {
    expect(await refusal(hi, `${models}/gemini-2.5-flash:fly`)).toMatchObject({ code: 404 })
  })

  it.each([
    [429, 'RESOURCE_EXHAUSTED'],
    [503, 'UNAVAILABLE'],
    [418, 'INVALID_ARGUMENT'],
  ])('everything, with status %d, when trouble is asked for', async (status, name) => {
    const answer = await send(instant, url, hi, { headers: { 'x-simulate': `status=${status}` } })
    expect(answer.status).toBe(status)
    expect(await readJson(answer)).toMatchObject({ error: { code: status, status: name } })
  })
})

describe('embeddings', () => {
  const predict = (name: string) => `${models}/${name}:predict`

  it('have unit length, the right dimension, and are the same for the same text', async () => {
    const instances = [{ content: 'a' }, { content: 'b' }, { content: 'a' }]
    const { predictions } = await ask({ instances }, predict('text-embedding-005'))
    const [a = [], b, again] = predictions.map(({ embeddings }) => embeddings.values)
    expect(a).toHaveLength(768)
    expect(Math.hypot(...a)).toBeCloseTo(1, 5)
    expect(again).toEqual(a)
    expect(b).not.toEqual(a)
    const parameters = { outputDimensionality: 64 }
    const small = await ask({ instances, parameters }, predict('text-embedding-005'))
    expect(small.predictions[0]?.embeddings.values).toHaveLength(64)
  })

  it('take one text at a time where the model does', async () => {
    const instances = [{ content: 'a' }, { content: 'b' }]
    expect(await refusal({ instances }, predict('gemini-embedding-001'))).toMatchObject({
      message: expect.stringContaining('takes 1 at most'),
    })
  })

  it('refuse a title that is for no document', async () => {
    const instances = [{ content: 'a', title: 'T', task_type: 'CLUSTERING' }]
    expect(await refusal({ instances }, predict('text-embedding-005'))).toMatchObject({
      code: 400,
    })
  })

  it('take parts of several kinds', async () => {
    const to = `${models}/gemini-embedding-2-preview:embedContent`
    const parts = [text('buoy'), { fileData: { fileUri: 'gs://b/a.png', mimeType: 'image/png' } }]
    const { embedding, usageMetadata } = await ask({ content: { parts } }, to)
    expect(embedding.values).toHaveLength(3072)
    expect(usageMetadata.promptTokenCount).toBe(countTokens('buoy') + 258)
    expect(await refusal({ content: { parts: [] } }, to)).toMatchObject({ code: 400 })
  })
})
