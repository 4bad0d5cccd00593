// Five thousand requests, unary and streamed; one client in ten leaves, one answer of a provider in twenty
// fails. The healthy ones are all right, nothing stays open, and memory is as flat afterwards as before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hello } from '../support/ask.ts'
import { type GatewayProcess, inMiB, startGatewayProcess } from '../support/gateway-process.ts'
import { exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { dialects, type ProviderDialect } from '../support/provider-dialects.ts'
import { openRawClient, postOf, type RawClient } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  type RawProvider,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import { seededRandom } from '../support/rechunk.ts'
import { localBackend } from '../support/socket-gateway.ts'

const providers = new Map<string, RawProvider>()
let gateway: GatewayProcess

beforeAll(async () => {
  for (const dialect of dialects) {
    providers.set(dialect.name, await startRawProvider((line) => answer(line, dialect)))
  }
  gateway = await startGatewayProcess(
    gatewaySpec(
      dialects.map(({ name, schema }) =>
        localBackend(name, providers.get(name)?.port ?? 0, { schema }),
      ),
      dialects.map(({ name }) => rule([exact('x-test-backend', name)], [ref(name)])),
    ),
  )
})
afterAll(async () => {
  await gateway.close()
  for (const provider of providers.values()) await provider.close()
})

/** What a request asks of its provider, in its own content. */
type Fate = 'well' | 'reset' | 'cut' | 'status' | 'slow'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function answer(line: Line, dialect: ProviderDialect) {
  const text = line.request.body.toString()
  const [, fate = 'well', id = ''] = /fate:(\w+):(\d+)/.exec(text) ?? []
  if (fate === 'reset') return line.reset()
  if (fate === 'status') {
    return void line.write(wholeAnswer('{"message":"no","error":{"message":"no"}}', 503))
  }
  const isStream = text.includes('"stream":true') || line.request.path.endsWith('-stream')
  if (!isStream) {
    if (fate === 'slow') await pause(50)
    const whole = wholeAnswer(dialect.whole.replace('Hello', `answer ${id}.`))
    await line.write(fate === 'cut' ? whole.subarray(0, -9) : whole)
    if (fate === 'cut') line.fin()
    return
  }
  await line.write(
    answerHead(200, {
      'content-type': dialect.streamType,
      'transfer-encoding': 'chunked',
      'x-amzn-requestid': 'r1',
    }),
  )
  const events = dialect.events([`answer ${id}.`, ' And', ' more', ' of', ' it'])
  for (const [at, event] of events.entries()) {
    if (fate === 'cut' && at === 3) return line.fin()
    if (!(await line.write(chunkOf(event)))) return
    if (fate === 'slow') await pause(10)
    else await new Promise((resolve) => setImmediate(resolve))
  }
  await line.write(lastChunk)
}

interface Result {
  readonly kind: 'right' | 'failure told' | 'left'
  readonly connection: RawClient | undefined
}

interface Plan {
  readonly id: number
  readonly fate: Fate
  readonly stream: boolean
  readonly leaves: boolean
  readonly dialect: ProviderDialect
}

/** One request on the connection; throws where what comes back is not as it must be. */
async function run(plan: Plan, connection: RawClient): Promise<Result> {
  const { id, fate, stream, leaves, dialect } = plan
  const before = connection.answers().length
  const body = JSON.stringify({
    ...hello,
    stream,
    messages: [{ role: 'user', content: `fate:${fate}:${id}.` }],
  })
  connection.send(postOf(body, { headers: { 'x-test-backend': dialect.name } }))
  if (leaves) {
    await pause(id % 25)
    connection.leave(id % 2 ? 'fin' : 'reset')
    return { kind: 'left', connection: undefined }
  }
  const { status, body: bytes, whole } = await connection.answer(before + 1)
  const text = bytes.toString()
  const say = (what: string) => new Error(`${what}: ${JSON.stringify(plan)} got ${status} ${text}`)
  if (!whole) throw say('cut off')
  if (fate === 'well' || fate === 'slow') {
    const right = stream
      ? text.endsWith('data: [DONE]\n\n') && text.includes('"total_tokens":7')
      : JSON.parse(text).choices[0].message.content === `answer ${id}.`
    if (status !== 200 || !right || !text.includes(`answer ${id}.`)) throw say('wrong')
    return { kind: 'right', connection }
  }
  if (text.includes('[DONE]') || !text.includes('"error":{')) throw say('a failure not told')
  if (status === 200 && !stream) throw say('a failure with 200')
  return { kind: 'failure told', connection }
}

async function runMany(count: number, from: number): Promise<Record<Result['kind'], number>> {
  const random = seededRandom(from + 1)
  const tally = { right: 0, 'failure told': 0, left: 0 }
  let next = from
  const worker = async () => {
    let connection: RawClient | undefined
    let used = 0
    while (next < from + count) {
      const id = next++
      const roll = random()
      const fates: readonly Fate[] = ['reset', 'cut', 'status']
      const fate = roll < 0.05 ? fates[id % 3] : roll < 0.15 ? 'slow' : 'well'
      const dialect = dialects[id % 2]
      if (dialect === undefined) throw new Error('no dialect')
      const plan = {
        id,
        fate: fate ?? 'well',
        stream: random() < 0.5,
        leaves: random() < 0.1,
        dialect,
      }
      // A fresh connection now and then, as clients do; most are kept.
      if (connection === undefined || used++ > 6) {
        connection?.leave()
        connection = await openRawClient(gateway.port)
        used = 0
      }
      const result = await run(plan, connection)
      tally[result.kind]++
      connection = result.connection
    }
    connection?.leave()
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  return tally
}

describe('5,000 requests of which some leave and some fail', () => {
  it('leaves nothing behind', async () => {
    // Memory settles first: code is compiled, pools and caches are filled.
    await runMany(2500, 0)
    await pause(200)
    const before = await gateway.memory()
    const settled = await gateway.tally()
    const from = performance.now()
    const counts = await runMany(5000, 10_000)
    const seconds = (performance.now() - from) / 1000
    await pause(700)
    const after = await gateway.memory()
    const tally = await gateway.tally()

    const grown = (after.used - before.used) / before.used
    console.info(
      `load: 5000 requests in ${seconds.toFixed(1)} s: ${JSON.stringify(counts)}, outcomes ${JSON.stringify(tally.outcomes)}; ` +
        `used ${inMiB(before.used)} → ${inMiB(after.used)} MiB (${(100 * grown).toFixed(1)} %), ` +
        `rss ${inMiB(before.rss)} → ${inMiB(after.rss)} MiB, at most ${inMiB(after.peakRss)} MiB; ` +
        `open upstream ${[...providers.values()].map((each) => each.openConnections())}`,
    )
    expect(counts.right + counts['failure told'] + counts.left).toBe(5000)
    expect(counts.left).toBeGreaterThan(400)
    expect(counts['failure told']).toBeGreaterThan(150)
    // Each exchange has ended, once.
    const sum = (outcomes: Readonly<Record<string, number>>) =>
      Object.values(outcomes).reduce((total, each) => total + each, 0)
    expect(tally.twice).toBe(0)
    // A client may have left before its request had reached us whole: then there is no exchange.
    expect(sum(tally.outcomes) - sum(settled.outcomes)).toBeLessThanOrEqual(5000)
    expect(sum(tally.outcomes) - sum(settled.outcomes)).toBeGreaterThan(5000 - counts.left)
    expect(tally.errorsLogged).toEqual([])
    expect(grown).toBeLessThan(0.08)
    for (const provider of providers.values()) expect(provider.strayBytes()).toBe(0)
    // What is kept for the next request is given up after the time that connections are kept.
    await expect
      .poll(() => [...providers.values()].map((each) => each.openConnections()), {
        timeout: 8000,
        interval: 100,
      })
      .toEqual([0, 0])
  }, 60_000)
})
