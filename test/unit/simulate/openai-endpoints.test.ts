// What OpenAI's endpoints beside chat and embeddings refuse, and what they answer with.
import { describe, expect, it } from 'vitest'
import { encodeForm } from '../../support/golden.ts'
import { instant, readJson, readText, send } from './support.ts'

const root = 'https://api.openai.com/v1'

async function ask(path: string, body: unknown, method: 'POST' | 'GET' | 'DELETE' = 'POST') {
  const answer = await send(instant, `${root}${path}`, body, { method })
  return { status: answer.status, value: await readJson(answer) }
}

function sendForm(path: string, text: string) {
  return instant(`${root}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=AaB' },
    body: encodeForm(text),
    signal: new AbortController().signal,
    redirect: 'manual',
  })
}

const part = (name: string, value: string, more = '') =>
  `--AaB\nContent-Disposition: form-data; name="${name}"${more}\n\n${value}\n`
const file = part('file', 'RIFF', '; filename="a.wav"')
const form = (...parts: readonly string[]) => `${parts.join('')}--AaB--\n`

describe('a request that OpenAI would refuse', () => {
  it.each([
    ['/completions', { prompt: 'a' }, "Missing required parameter: 'model'."],
    ['/completions', { model: 'm', prompt: [{}] }, "Invalid type for 'prompt'"],
    ['/completions', { model: 'm', prompt: 'a', max_tokens: 0 }, 'below minimum value'],
    ['/images/generations', { model: 'm' }, "Missing required parameter: 'prompt'."],
    ['/images/generations', { prompt: 'a', n: 11 }, 'above maximum value'],
    ['/audio/speech', { model: 'm', input: 'a' }, "Missing required parameter: 'voice'."],
    ['/moderations', { model: 'm' }, "Missing required parameter: 'input'."],
    ['/responses', { input: 'a' }, "Missing required parameter: 'model'."],
    ['/responses', { model: 'm', input: 1 }, "Invalid type for 'input'"],
    ['/responses', 'not JSON', 'could not parse the JSON body'],
  ])('%s %j', async (path, body, message) => {
    const { status, value } = await ask(path, body)
    expect([status, value.error]).toMatchObject([
      400,
      { message: expect.stringContaining(message) },
    ])
  })

  it.each([
    ['/audio/transcriptions', form(file), 'you must provide a model parameter'],
    ['/audio/translations', form(part('model', 'm')), "Missing required parameter: 'file'."],
    ['/audio/transcriptions', 'nothing', 'Could not parse multipart form'],
    ['/images/edits', form(part('prompt', 'p')), "Missing required parameter: 'image'."],
    ['/images/edits', form(file), "Missing required parameter: 'prompt'."],
    [
      '/audio/transcriptions',
      form(part('model', 'm'), part('response_format', 'x'), file),
      'Invalid response_format',
    ],
  ])('%s with a form (%#)', async (path, text, message) => {
    const answer = await sendForm(path, text)
    expect([answer.status, (await readJson(answer)).error]).toMatchObject([400, { message }])
  })

  it.each([
    ['/responses', 'GET'],
    ['/responses/resp_1', 'POST'],
    ['/completions', 'DELETE'],
  ] as const)('%s by %s', async (path, method) => {
    expect((await ask(path, '', method)).status).toBe(405)
  })
})

describe('a transcript', () => {
  it.each([
    ['json', 'application/json', '{"text":"You sent 4 bytes of audio. This is m'],
    ['verbose_json', 'application/json', '{"task":"transcribe"'],
    ['text', 'text/plain; charset=utf-8', 'You sent 4 bytes'],
    ['srt', 'text/plain; charset=utf-8', '1\n00:00:00,000 --> '],
    ['vtt', 'text/plain; charset=utf-8', 'WEBVTT\n'],
  ])('comes as %s', async (format, type, start) => {
    const text = form(part('model', 'm'), part('response_format', format), file)
    const answer = await sendForm('/audio/transcriptions', text)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(await readText(answer)).toContain(start)
  })

  it('is not streamed by whisper-1', async () => {
    const text = form(part('model', 'whisper-1'), part('stream', 'true'), file)
    const answer = await sendForm('/audio/transcriptions', text)
    expect(answer.headers.get('content-type')).toBe('application/json')
  })
})

describe('a response', () => {
  it('ends where its tokens do', async () => {
    const { value } = await ask('/responses', { model: 'm', input: 'hello', max_output_tokens: 1 })
    expect(value).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
      usage: { output_tokens: 1 },
    })
  })

  it('answers from the results of tools', async () => {
    const { value } = await ask('/responses', {
      model: 'm',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'alpha' }] },
        { type: 'function_call', call_id: 'c', name: 'alpha', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'sunny' },
      ],
      tools: [{ type: 'function', name: 'alpha', parameters: {} }],
    })
    expect(JSON.stringify(value.output)).toContain('The tool answered \\"sunny\\".')
  })

  it('conforms to a schema', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    const format = { type: 'json_schema', name: 's', schema }
    const { value } = await ask('/responses', { model: 'm', input: 'a', text: { format } })
    const [item] = value.output as { content: { text: string }[] }[]
    expect(JSON.parse(item?.content[0]?.text ?? '')).toEqual({ n: expect.any(Number) })
  })
})

it('completes as many prompts as there are', async () => {
  const { value } = await ask('/completions', { model: 'm', prompt: ['a', [1, 2]], max_tokens: 2 })
  const choices = value.choices as { index: number; finish_reason: string }[]
  expect(choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
    [0, 'length'],
    [1, 'length'],
  ])
})
