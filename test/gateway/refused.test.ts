import { expect, it } from 'vitest'
import { createGateway } from '../../src/index.ts'
import { backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'

it('serves nobody, and calls no provider, where a policy asks for what it cannot do', async () => {
  const refused = 'SecurityPolicy default/p asks for jwt'
  let calls = 0
  const gateway = createGateway({
    config: gatewaySpec(
      [backend('a')],
      [
        rule([exact('x-ai-eg-model', 'guarded')], [ref('a')], { refused }),
        rule([exact('x-ai-eg-model', 'open')], [ref('a')]),
      ],
    ),
    fetch: async () => {
      calls++
      return Response.json({ choices: [] })
    },
  })
  const ask = (model: string) =>
    gateway.fetch(
      new Request('http://gateway/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
      }),
    )
  const answer = await ask('guarded')
  expect(answer.status).toBe(500)
  expect(answer.headers.get('x-aigw-error')).toBe('refused_by_policy')
  expect(await answer.json()).toMatchObject({
    error: { message: `${refused}, which this gateway cannot do: nobody is served` },
  })
  expect(calls).toBe(0)
  expect((await ask('open')).status).toBe(200)

  const models = await gateway.fetch(new Request('http://gateway/v1/models'))
  expect(await models.json()).toMatchObject({ data: [{ id: 'open' }] })
})
