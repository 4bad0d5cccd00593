import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../../../src/exchange.ts'
import { compileJson } from '../../../../src/observe/access-log/format.ts'

const options = { costs: [], headerAttributes: [], credentialHeaders: new Set<string>() }

/** As far as the operators below look. */
const exchangeWith = (userAgent: string | null, model: string, duration: number) => {
  const incoming = { headers: { get: () => userAgent, forEach() {} } }
  // The cast: a request that has ended has much more, and none of it is read here.
  return { incoming, model, startedAt: 0, endedAt: duration } as unknown as Exchange
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constant('"\\\n\u0000\ud800'),
)

describe('a line of JSON', () => {
  it('says what its fields are, whatever the line before it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.option(anyText), anyText, fc.nat()), { minLength: 1, maxLength: 5 }),
        (requests) => {
          const format = compileJson(
            { agent: '%REQ(USER-AGENT)%', both: 'as %REQ(X-AI-EG-MODEL)%', took: '%DURATION%' },
            options,
          )
          for (const [agent, model, duration] of requests) {
            const exchange = exchangeWith(agent, model, duration)
            const { text } = format.line(exchange)
            expect(text.endsWith('}\n')).toBe(true)
            expect(text.trimEnd()).toBe(JSON.stringify(format.fields(exchange)))
          }
        },
      ),
    )
  })

  it('is called ASCII only where it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, agent) => {
        const format = compileJson({ [name]: '%REQ(USER-AGENT)%' }, options)
        const { text, charset } = format.line(exchangeWith(agent, '', 0))
        if (charset === 'ascii') expect(Buffer.byteLength(text)).toBe(text.length)
      }),
    )
  })

  it('is called ASCII where nothing else is in it', () => {
    const format = compileJson({ agent: '%REQ(USER-AGENT)%' }, options)
    expect(format.line(exchangeWith('curl/8', '', 0)).charset).toBe('ascii')
    expect(format.line(exchangeWith('kürl/8', '', 0)).charset).toBe('unicode')
    expect(format.line(exchangeWith(null, '', 0)).charset).toBe('ascii')
  })

  it('is an object even where it has no fields', () => {
    const { line, fields } = compileJson({}, options)
    expect(line(exchangeWith(null, '', 0)).text).toBe('{}\n')
    expect(fields(exchangeWith(null, '', 0))).toEqual({})
  })
})
