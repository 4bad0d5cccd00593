// A provider that quotes the credential that it was sent.
import { describe, expect, it } from 'vitest'
import type { BackendSpec } from '../../src/config/config.ts'
import { hello, helloStream, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { type Answer, json, scriptedProvider, stream } from '../support/scripted-provider.ts'

const key = 'sk-planted-0123456789'
const hidden = '*'.repeat(key.length)

const providers: readonly (readonly [string, Partial<BackendSpec>])[] = [
  ['OpenAI', { auth: { type: 'APIKey', key } }],
  ['Anthropic', { schema: { name: 'Anthropic' }, auth: { type: 'AnthropicAPIKey', key } }],
  ['Azure', { schema: { name: 'AzureOpenAI' }, auth: { type: 'AzureAPIKey', key } }],
]

/** As the provider saw it, in whichever header. */
const quote = (headers: Readonly<Record<string, string>>) =>
  `Incorrect key: ${JSON.stringify(headers)}`

function asked(more: Partial<BackendSpec>, answer: Answer) {
  const provider = scriptedProvider(answer)
  const run = testGateway({
    config: gatewaySpec([backend('one', more)], [rule([], [ref('one')])]),
    fetch: provider.fetch,
  })
  return { ...run, provider }
}

const said = ({ ended, logged }: ReturnType<typeof asked>) =>
  JSON.stringify([ended.map(({ error, errorBody }) => [error?.message, errorBody]), logged])

describe.each(providers)('a key that %s quotes', (_, more) => {
  it.each([
    ['whole', hello],
    ['streamed', helloStream],
  ])(
    'is in no error that the client of a %s answer gets, nor in what is logged',
    async (_, body) => {
      const refuse: Answer = (seen) =>
        json({ error: { type: 'invalid_request_error', message: quote(seen.headers) } }, 401)(seen)
      const run = asked(more, refuse)
      const answer = await run.chat(body)
      const text = await answer.text()
      expect(answer.status).toBe(401)
      expect(run.provider.seen[0] && quote(run.provider.seen[0].headers)).toContain(key)
      expect(text).toContain(hidden)
      expect(text).not.toContain(key)
      expect(said(run)).not.toContain(key)
      const length = answer.headers.get('content-length')
      if (length !== null) expect(length).toBe(String(text.length))
    },
  )
})

it('is hidden where a stream is answered with an error in JSON, or begins with one', async () => {
  const answers: readonly Answer[] = [
    (seen) => json({ error: { message: quote(seen.headers), code: 'invalid_api_key' } })(seen),
    (seen) =>
      stream({
        chunks: [`data: ${JSON.stringify({ error: { message: quote(seen.headers) } })}\n\n`],
      })(seen),
  ]
  for (const answer of answers) {
    const run = asked({ auth: { type: 'APIKey', key } }, answer)
    const text = await (await run.chat(helloStream)).text()
    expect(text).toContain(hidden)
    expect(text).not.toContain(key)
    expect(said(run)).not.toContain(key)
  }
})

it('passes on an error that quotes nothing as the bytes that it is', async () => {
  const body = '{ "error":  {"message":"sk-…6789 is no key: naïve \\u00e9"} }'
  const run = asked({ auth: { type: 'APIKey', key } }, () =>
    Promise.resolve(
      new Response(body, { status: 401, headers: { 'content-type': 'application/json' } }),
    ),
  )
  expect(await (await run.chat(hello)).text()).toBe(body)
})
