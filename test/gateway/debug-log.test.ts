import { describe, expect, it } from 'vitest'
import { createDebugLog } from '../../src/observe/debug-log.ts'
import { hello, testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  completion,
  json,
  scriptedProvider,
  silence,
} from '../support/scripted-provider.ts'

async function talk(
  bodies: 'redacted' | 'shown',
  answer: Answer = json(completion('Hello'), 200, { 'set-cookie': 'SECRET=1' }),
  more: { readonly signal?: AbortSignal } = {},
) {
  const lines: string[] = []
  const provider = scriptedProvider(answer)
  const run = testGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: provider.fetch,
    observers: [
      createDebugLog({
        log: (level, message, fields) =>
          lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
        hash: () => '0123456789abcdef',
        bodies,
      }),
    ],
  })
  const headers = { authorization: 'Bearer SECRET', cookie: 'SECRET', 'x-fine': 'seen' }
  const text = await (await run.chat(hello, { headers, ...more })).text()
  return { lines, text, sent: provider.seen }
}

describe('the debug log', () => {
  it.each(['redacted', 'shown'] as const)(
    'changes nothing of what it shows: %s',
    async (bodies) => {
      const { sent } = await talk(bodies)
      expect(sent.map(({ text }) => text)).toEqual([JSON.stringify(hello)])
      expect(sent[0]?.headers['authorization']).toBe('Bearer SECRET')
    },
  )

  it('masks credentials in both directions, and content by default', async () => {
    const { lines, text } = await talk('redacted')
    expect(text).toBe(JSON.stringify(completion('Hello')))
    const all = lines.join('\n')
    expect(all).not.toMatch(/SECRET|Hi"|Hello/)
    expect(all).toContain('"request.header.authorization":"[REDACTED]"')
    expect(all).toContain('"request.header.x-fine":"seen"')
    expect(all).toContain('"response.header.set-cookie":"[REDACTED]"')
    expect(lines.map((line) => line.split(' {')[0])).toEqual([
      'debug request',
      'debug attempt',
      'debug answer',
      'debug request ended',
    ])
  })

  it('shows bodies to those who ask for them, and credentials to nobody', async () => {
    const { lines } = await talk('shown')
    const all = lines.join('\n')
    expect(all).toContain('Hello')
    expect(all).toContain('Hi')
    expect(all).not.toContain('SECRET')
  })

  it('blames nobody when the client leaves, who got nothing', async () => {
    const leave = new AbortController()
    const talked = talk('redacted', silence, { signal: leave.signal })
    await settle()
    leave.abort()
    const { lines } = await talked
    expect(lines.at(-1)).toContain('"outcome":"client-gone"')
    expect(lines.at(-1)).toContain('"sentBytes":0')
    expect(lines.at(-1)).not.toMatch(/"error|internal/)
  })

  it('masks errors, which may repeat a prompt', async () => {
    const { lines } = await talk('redacted', json({ error: { message: 'you said Hi' } }, 400))
    expect(lines.join('\n')).not.toContain('you said')
    expect(lines.at(-1)).toContain('"status":400')
  })
})
