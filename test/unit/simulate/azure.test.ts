import { describe, expect, it } from 'vitest'
import { instant, readJson, readText, send, user } from './support.ts'

const root = 'https://r.openai.azure.com/openai'
const version = '?api-version=2025-04-01-preview'
const chat = { model: 'ignored', messages: [user('hi')] }

describe('a deployment of Azure', () => {
  it('answers whatever model the body asks for', async () => {
    const answer = await send(
      instant,
      `${root}/deployments/depl%20a/chat/completions${version}`,
      chat,
    )
    expect(await readJson(answer)).toMatchObject({ model: 'depl a' })
  })

  it('begins a stream with what the filter says', async () => {
    const url = `${root}/deployments/d/chat/completions${version}`
    const text = await readText(await send(instant, url, { ...chat, stream: true }))
    const [first = '', second = ''] = text.split('\n\n')
    expect(JSON.parse(first.slice(6))).toMatchObject({ choices: [], prompt_filter_results: [{}] })
    expect(JSON.parse(second.slice(6)).choices).toHaveLength(1)
  })

  it('is not found without a version', async () => {
    const answer = await send(instant, `${root}/deployments/d/chat/completions`, chat)
    expect([answer.status, await readJson(answer)]).toEqual([
      404,
      { error: { code: '404', message: 'Resource not found' } },
    ])
  })

  it('refuses in Azure’s words', async () => {
    const headers = { 'x-simulate': 'status=429' }
    const url = `${root}/responses${version}`
    const answer = await send(instant, url, { model: 'm', input: 'a' }, { headers })
    expect([answer.status, (await readJson(answer)).error]).toMatchObject([429, { code: '429' }])
  })
})

it('leaves the v1 API to OpenAI, which reads the model in the body', async () => {
  const answer = await send(instant, `${root}/v1/chat/completions`, chat)
  expect(await readJson(answer)).toMatchObject({ model: 'ignored' })
})
