// Whatever OpenAI's API takes, each provider gets whole and in a form that it takes, or the client hears what cannot
// be done there. The simulated providers are the judges of their own forms.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../../src/json/is-record.ts'
import { errorOf } from '../support/ask.ts'
import { chatRequests, type MarkedRequest } from '../support/chat-requests.ts'
import { clientGateway } from '../support/client-gateway.ts'
import { simulatedProviders } from '../support/simulated-providers.ts'

/** Every string of a JSON value, names of members left out. */
function* stringsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const item of value) yield* stringsOf(item)
  else if (isRecord(value)) yield* stringsOf(Object.values(value))
}

const gateway = clientGateway()

const runs = 200

/** Whether the provider was asked. */
async function judge(model: string, { body, marks }: MarkedRequest): Promise<boolean> {
  const before = gateway.asked.length
  const [logged, ended] = [gateway.logged.length, gateway.ended.length]
  const answer = await gateway.chat({ model, ...body })
  const asked = gateway.asked.slice(before)
  if (asked.length === 0) {
    expect([400, 422]).toContain(answer.status)
    const { message } = await errorOf(answer)
    const named = Object.keys(body).filter((field) => String(message).includes(field))
    expect(named, `${message}`).not.toEqual([])
  } else {
    const text = await answer.text()
    expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, ''])
    const sent: unknown = JSON.parse(new TextDecoder().decode(asked[0]?.init.body))
    const texts = [...stringsOf(sent)].join('\n')
    const times = marks.map((mark) => [mark, texts.split(mark).length - 1])
    expect(times).toEqual(marks.map((mark) => [mark, 1]))
  }
  expect(gateway.logged.slice(logged)).toEqual([])
  expect(gateway.ended).toHaveLength(ended + 1)
  return asked.length > 0
}

/** Instructions alone go to Bedrock as they are, as from Envoy AI Gateway, and Bedrock says that nobody speaks. */
const isSpoken = ({ body }: MarkedRequest) =>
  Array.isArray(body['messages']) &&
  body['messages'].some(({ role }) => role !== 'system' && role !== 'developer')

describe.each(simulatedProviders)('$name', ({ model, schema }) => {
  it('is given the whole of any request in its own form, or the client is told why not', async () => {
    let served = 0
    await fc.assert(
      fc.asyncProperty(chatRequests, async (request) => {
        fc.pre(schema !== 'AWSBedrock' || isSpoken(request))
        if (await judge(model, request)) served++
      }),
      { numRuns: runs, seed: 7 },
    )
    // A gateway that refused everything would pass too.
    expect(served).toBeGreaterThan(runs / 4)
  })
})
