// A thousand calls of every kind and fate, at random: what the command has counted is what its provider has, exactly.
import { spawnSync } from 'node:child_process'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CountingProvider,
  type Script,
  type Step,
  startCountingProvider,
  type Tokens,
} from '../support/counting-provider.ts'
import { readExposition, type Scrape } from '../support/exposition.ts'
import {
  type OtlpReceiver,
  readAttributes,
  spansOf,
  startOtlpReceiver,
} from '../support/otlp-receiver.ts'
import { seededRandom } from '../support/rechunk.ts'
import {
  backendDocs,
  gatewayDocs,
  joinDocs,
  modelRule,
  retryDoc,
  routeDoc,
} from '../support/resource-docs.ts'
import { createWorkspace, type Started, type Workspace } from './command.ts'

const total = 1000
const atOnce = 16

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const random = seededRandom(seed)
const below = (limit: number) => Math.floor(random() * limit)
const pick = <Value>(values: readonly Value[]): Value => {
  const value = values[below(values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

type Manner = 'whole' | 'stream'

interface Planned {
  readonly path: string
  readonly model: string
  readonly body: string
  readonly script: Script
  /** What the client waits for before it leaves; absent: it stays. */
  readonly leaves?: 'held' | 'content' | 'everything'
}

/** What a label must be able to hold, whatever it does to the text around it. */
const odd = `odd"} 1\\n\\\n# TYPE é😀{le="1"},${'x'.repeat(100)}`

const answers: Step = { do: 'answer' }
const status = (code: number): Step => ({ do: 'status', status: code })

const endpoints = [
  { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'Hi' }] } },
  { path: '/v1/completions', body: { prompt: 'Hi' } },
  { path: '/v1/responses', body: { input: 'Hi' } },
  { path: '/v1/embeddings', body: { input: 'Hi' }, whole: true },
] as const

/** Each call gets one of these; those with more ways to go are more likely. */
const fates: readonly (() => Omit<Planned, 'script'> & { readonly steps: readonly Step[] })[] = [
  () => call('plain', [answers], { manner: 'whole' }),
  () => call('plain', [answers], { manner: 'stream' }),
  () => call('claude', [answers], { manner: pick(['whole', 'stream']), chat: true }),
  () => call('plain', [status(pick([400, 401, 403, 404, 429, 500, 503, 529]))]),
  () => call('claude', [status(pick([400, 429, 500, 529]))], { chat: true }),
  () => call('plain', [{ do: 'reset' }]),
  () => call('plain', [{ do: 'garbage' }], { manner: 'whole' }),
  () => call('plain', [{ do: 'cut', after: 'content' }], { manner: 'stream' }),
  () => call('claude', [{ do: 'cut', after: 'content' }], { manner: 'stream', chat: true }),
  () => call('plain', [{ do: 'error-event' }], { manner: 'stream' }),
  () => call(odd, [pick([answers, status(500)])]),
  () => call('refused', []),
  () => call('retry', [status(503), answers]),
  () => call('retry', [{ do: 'reset' }, status(503), answers]),
  () => call('retry', [{ do: 'cut', after: 'nothing' }, answers], { manner: 'stream' }),
  () => call('retry', [status(503), status(503), status(503)]),
  () => call('retry', [status(503), status(400)]),
  () => call('fallback', [pick([status(503), { do: 'reset' }]), answers]),
  () => call('fallback', [status(503), status(503)]),
  () => ({ ...call('plain', [{ do: 'hold', after: 'nothing' }]), leaves: 'held' }),
  () => ({ ...call('retry', [status(503), { do: 'hold', after: 'nothing' }]), leaves: 'held' }),
  () => ({
    ...call('plain', [{ do: 'hold', after: 'content' }], { manner: 'stream' }),
    leaves: 'content',
  }),
  () => ({
    ...call('retry', [status(503), { do: 'hold', after: 'content' }], { manner: 'stream' }),
    leaves: 'content',
  }),
  () => ({
    ...call('plain', [{ do: 'hold', after: 'everything' }], { manner: 'stream', chat: true }),
    leaves: 'everything',
  }),
  () => ({ ...call('plain', []), body: '{"model": "plain', model: '' }),
  () => call('nobody', []),
]

interface CallOptions {
  readonly manner?: Manner
  /** No other endpoint will do. */
  readonly chat?: boolean
}

function call(
  model: string,
  steps: readonly Step[],
  { manner = pick(['whole', 'stream']), chat = false }: CallOptions = {},
) {
  const able = endpoints.filter((one) => manner === 'whole' || !('whole' in one))
  const { path, body } = chat ? endpoints[0] : pick(able)
  const streams = manner === 'stream' ? { stream: true } : {}
  // Embeddings know no streams, and what is not asked for is not there.
  const usage = streams.stream && /completions$/.test(path) ? { include_usage: true } : undefined
  const options = usage === undefined ? {} : { stream_options: usage }
  return { path, model, steps, body: JSON.stringify({ model, ...body, ...streams, ...options }) }
}

function plan(id: number): Planned {
  const { steps, ...planned } = pick(fates)()
  const tokens: Tokens = {
    input: below(2000),
    output: 1 + below(5000),
    cached_input: below(3) * below(500),
    cache_creation_input: below(2) * below(500),
    reasoning: below(2) * below(500),
  }
  return { ...planned, script: { id, steps, tokens } }
}

const config = (port: number) =>
  joinDocs([
    ...gatewayDocs(),
    routeDoc('plain', [
      modelRule('plain', [{ name: 'one' }]),
      modelRule('claude', [{ name: 'claude' }]),
      modelRule({ pattern: '(?s)odd.*' }, [{ name: 'one' }]),
      modelRule('refused', [{ name: 'refused' }]),
    ]),
    routeDoc('retry', [modelRule('retry', [{ name: 'one' }])]),
    routeDoc('fallback', [modelRule('fallback', [{ name: 'one' }, { name: 'two', priority: 1 }])]),
    retryDoc('retry', { numRetries: 2, retryOn: { triggers: ['5xx', 'reset'] } }),
    retryDoc('fallback', {
      ...{ numRetries: 1, numAttemptsPerPriority: 1 },
      retryOn: { triggers: ['5xx', 'reset'] },
    }),
    ...backendDocs('one', port, { name: 'OpenAI', prefix: '/one/v1' }),
    ...backendDocs('two', port, { name: 'OpenAI', prefix: '/two/v1' }),
    ...backendDocs('claude', port, { name: 'Anthropic' }),
    // Nobody listens there.
    ...backendDocs('refused', 1, { name: 'OpenAI' }),
  ])

let workspace: Workspace
let provider: CountingProvider
let collector: OtlpReceiver
let started: Started
let admin: string
const agent = new Agent({ keepAlive: true })
const planned = Array.from({ length: total }, (_, id) => plan(id))
const tally = { answered: 0, failed: 0, left: 0 }

const scrape = async () => (await fetch(`${admin}/metrics`)).text()

/** Asks again until it holds: what a client has been told, and what it left, settles a moment later. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

function open(url: string, { path, body, script }: Planned): ClientRequest {
  const sent = request(`${url}${path}`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'x-script': JSON.stringify(script) },
  })
  sent.end(body)
  return sent
}

const headOf = (sent: ClientRequest) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })

async function ask(url: string, call: Planned): Promise<void> {
  const sent = open(url, call)
  if (call.leaves === 'held') {
    sent.on('error', () => {})
    await provider.held(call.script.id)
    sent.destroy()
    tally.left++
    return
  }
  const head = await headOf(sent)
  let text = ''
  head.setEncoding('utf8')
  const ended = new Promise<void>((resolve) => {
    head.on('data', (chunk) => {
      text += chunk
      const seen = call.leaves === 'everything' ? text.includes('[DONE]') : /Hel|lo"/.test(text)
      if (call.leaves !== undefined && seen) head.destroy()
    })
    // A broken stream is an answer too.
    head.on('error', () => {})
    head.on('close', resolve)
  })
  await ended
  if (call.leaves !== undefined) tally.left++
  else if (head.statusCode === 200 && !/"error"/.test(text)) tally.answered++
  else tally.failed++
}

beforeAll(async () => {
  console.log(`${total} calls, SEED=${seed}`)
  workspace = createWorkspace()
  provider = await startCountingProvider()
  collector = await startOtlpReceiver()
  started = workspace.start(['run', '-', '--port', '0', '--admin-port', '0'], {
    stdin: config(provider.port),
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  })
  const listening = await started.listening()
  admin = listening.admin
  const waiting = [...planned]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await ask(listening.url, next)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  await until(async () => readExposition(await scrape()).value('aigw_requests_in_flight') === 0)
}, 120_000)

afterAll(async () => {
  agent.destroy()
  started.child.kill('SIGKILL')
  await started.exit
  workspace.remove()
  await Promise.all([provider.close(), collector.close()])
})

const duration = 'gen_ai_server_request_duration_seconds_count'
const tokenTypes = ['input', 'output', 'cached_input', 'cache_creation_input', 'reasoning'] as const
const models = ['plain', 'claude', 'retry', 'fallback', odd, 'refused']

const leaves = (id: number) => planned[id]?.leaves !== undefined

describe(`${total} calls with the seed ${seed}`, () => {
  let found: Scrape
  beforeAll(async () => {
    found = readExposition(await scrape())
  })

  it('are of every kind', () => {
    expect(tally.answered + tally.failed + tally.left).toBe(total)
    expect(Math.min(tally.answered, tally.failed, tally.left)).toBeGreaterThan(total / 10)
    const kinds = new Set(provider.attempts.map(({ step }) => step.do))
    expect(kinds.size).toBe(7)
  })

  it('count as many attempts, answered and failed, as the provider has seen', () => {
    for (const model of models) {
      const seen = provider.attempts.filter((attempt) => attempt.model === model)
      // What says that it is JSON, and is not, is what the provider has answered all the same.
      const answered = seen.filter(({ step: { do: did } }) => /^(answer|garbage)$/.test(did)).length
      // Whom nobody could ask has seen nothing.
      const refused = planned.filter((one) => one.model === model && model === 'refused').length
      const labels = { gen_ai_original_model: model }
      expect([model, found.sum(duration, labels)]).toEqual([model, seen.length + refused])
      expect([model, found.sum(duration, { ...labels, error_type: '_OTHER' })]).toEqual([
        model,
        seen.length + refused - answered,
      ])
      const whole = { ...labels, gen_ai_response_model: `${model}-answered` }
      const named = seen.filter(
        ({ step }) => step.do === 'answer' || (step.do === 'hold' && step.after !== 'nothing'),
      )
      expect([model, found.sum(duration, whole)]).toEqual([model, named.length])
    }
    expect(found.sum(duration, { gen_ai_original_model: 'nobody' })).toBe(0)
  })

  it.each(tokenTypes)('sum up the %s tokens that it has reported', (type) => {
    for (const model of models) {
      const reports = provider.attempts
        .filter((attempt) => attempt.model === model)
        .flatMap(({ reported }) => reported[type] ?? [])
      const labels = { gen_ai_original_model: model, gen_ai_token_type: type }
      expect([
        model,
        found.sum('gen_ai_client_token_usage_count', labels),
        found.sum('gen_ai_client_token_usage_sum', labels),
      ]).toEqual([model, reports.length, reports.reduce((sum, count) => sum + count, 0)])
    }
  })

  it('time the first token of each stream that was answered', () => {
    const streams = provider.attempts.filter(
      ({ id, step }) => step.do === 'answer' && planned[id]?.body.includes('"stream":true'),
    )
    expect(found.sum('gen_ai_server_time_to_first_token_seconds_count')).toBe(streams.length)
  })

  it('leave nothing open at the provider', async () => {
    await until(() => provider.open() === 0)
  })

  it('read well to the parser of Prometheus', async ({ skip }) => {
    const promtool = spawnSync('promtool', ['--version'])
    if (promtool.error !== undefined) {
      console.log('promtool is not installed: LEFT OUT (it is in the package prometheus of Debian)')
      skip('promtool is not installed')
    }
    const text = await scrape()
    const check = (input: string) => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input })
      return { status, said: `${stdout}${stderr}` }
    }
    expect(check(text)).toEqual({ status: 0, said: '' })
    expect(check(`${text}no`).status).toBe(1)
  })

  it('have one line each, with the same tokens', async () => {
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    const lines = started
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    // Of what is no JSON, nobody knows the model.
    expect(lines).toHaveLength(planned.filter(({ model }) => model !== '').length)
    const whole = provider.attempts.filter(({ id, step }) => step.do === 'answer' && !leaves(id))
    for (const type of ['input', 'output'] as const) {
      const sum = lines.reduce((all, line) => all + (line[`gen_ai.usage.${type}_tokens`] ?? 0), 0)
      expect(sum).toBe(whole.reduce((all, { reported }) => all + (reported[type] ?? 0), 0))
    }
  })

  it('are one span each, with the same tokens', () => {
    const spans = spansOf(collector.received)
    // What cannot be read is no call.
    expect(spans).toHaveLength(planned.filter(({ model }) => model !== '').length)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
    const failed = spans.filter(({ status: { code } }) => code === 2)
    expect(spans.length - failed.length).toBe(
      provider.attempts.filter(({ step: { do: did } }) => /^(answer|garbage)$/.test(did)).length,
    )
    const prompts = spans.map(({ attributes }) =>
      Number(readAttributes(attributes)['llm.token_count.prompt'] ?? 0),
    )
    expect(prompts.reduce((sum, count) => sum + count, 0)).toBe(
      provider.attempts.reduce((sum, { reported }) => sum + (reported.input ?? 0), 0),
    )
  })
})
