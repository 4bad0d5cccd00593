import { describe, expect, it } from 'vitest'
import { type ActivityOptions, createActivity } from '../../../src/observe/activity.ts'
import { type ChatInit, hello, testGateway } from '../../support/ask.ts'
import { settle } from '../../support/fake-clock.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  silence,
  stream,
} from '../../support/scripted-provider.ts'

const answered = json({
  ...completion('Hello'),
  usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
})
const helloStream = { ...hello, stream: true }

const anyModel = [
  rule([exact('x-ai-eg-model', 'fallback')], [ref('one'), ref('two', { priority: 1 })], {
    retry: retryOn(['5xx'], { numAttemptsPerPriority: 1 }),
  }),
  rule([exact('x-ai-eg-model', 'renamed')], [ref('two', { modelNameOverride: 'real' })]),
  rule([], [ref('one')]),
]

function watch(answers: readonly Answer[], options?: ActivityOptions, rules = anyModel) {
  const provider = scriptedProvider(...answers)
  const activity = createActivity(options)
  const run = testGateway({
    config: gatewaySpec([backend('one'), backend('two')], rules),
    fetch: provider.fetch,
    observers: [activity.observer],
  })
  const ask = async (body: unknown = hello, init?: ChatInit) => {
    const response = await run.chat(body, init)
    return response.text().catch(String)
  }
  const models = async (names: readonly string[]) => {
    for (const model of names) await ask({ ...hello, model })
  }
  return { ...run, ask, models, activity, report: activity.report }
}

/** An answer that takes its time. */
const delayed =
  (ms: number, run: () => ReturnType<typeof watch>, answer: Answer): Answer =>
  async (seen) => {
    const reply = answer(seen)
    await run().clock.advance(ms)
    return reply
  }

const none = { p50: null, p95: null }

describe('what has gone through', () => {
  it('is nothing at first', () => {
    const { report, activity } = watch([answered])
    expect(activity.version()).toBe(0)
    expect(report()).toEqual({
      totals: {
        ...{ requests: 0, failed: 0, aborted: 0, inputTokens: 0, outputTokens: 0 },
        ...{ latency: none, firstToken: none },
      },
      rows: [],
      latest: [],
      window: 256,
    })
  })

  it('is counted for the backend and the model, and remembered without what was said', async () => {
    const run = watch([delayed(250, () => run, answered)])
    await run.ask(hello, { path: '/v1/chat/completions?key=SECRET' })
    const { totals, rows, latest } = run.report()
    const figures = {
      ...{ requests: 1, failed: 0, aborted: 0, inputTokens: 9, outputTokens: 12 },
      latency: { p50: 250, p95: 250 },
      firstToken: none,
    }
    expect(totals).toEqual(figures)
    expect(rows).toEqual([
      {
        kind: 'backend',
        key: expect.any(String),
        ...{ backend: 'default/one', model: 'm', target: 'm' },
        ...figures,
      },
    ])
    expect(latest).toEqual([
      {
        id: 1,
        startedAt: 1_700_000_000_000,
        method: 'POST',
        path: '/v1/chat/completions',
        model: 'm',
        backend: 'default/one',
        tries: 1,
        stream: false,
        status: 200,
        outcome: 'ok',
        error: null,
        durationMs: 250,
        firstTokenMs: null,
        inputTokens: 9,
        outputTokens: 12,
      },
    ])
    expect(run.activity.version()).toBe(1)
  })

  it('of a stream has the time to its first token', async () => {
    const run = watch([delayed(40, () => run, stream({ chunks: chatChunks(['Hel', 'lo']) }))])
    await run.ask(helloStream)
    const { totals, rows, latest } = run.report()
    expect(latest).toMatchObject([{ stream: true, status: 200, firstTokenMs: 40, inputTokens: 5 }])
    expect(totals.firstToken).toEqual({ p50: 40, p95: 40 })
    expect(rows[0]?.firstToken).toEqual({ p50: 40, p95: 40 })
  })

  it('has the name by which the backend was asked', async () => {
    const run = watch([answered])
    await run.models(['renamed'])
    expect(run.report().rows).toMatchObject([
      { backend: 'default/two', model: 'renamed', target: 'real' },
    ])
  })
})

describe('a failure', () => {
  it.each<[string, Answer, object]>([
    [
      "the provider's own",
      json({ error: { message: 'no' } }, 429),
      { status: 429, error: 'provider_error' },
    ],
    [
      'of the connection',
      () => Promise.reject(new TypeError('fetch failed')),
      { status: 503, error: 'upstream_connect' },
    ],
    [
      'inside a stream',
      stream({ chunks: chatChunks(['a', 'b']).slice(0, 2), end: 'reset' }),
      { status: 200, error: 'upstream_reset', stream: true },
    ],
  ])('%s is one, and is not measured', async (_, answer, described) => {
    const run = watch([answer])
    await run.ask(helloStream)
    const { totals, rows, latest } = run.report()
    expect(latest).toMatchObject([
      { outcome: 'failed', ...described, inputTokens: null, outputTokens: null },
    ])
    for (const figures of [totals, rows[0]]) {
      expect(figures).toMatchObject({ requests: 1, failed: 1, inputTokens: 0, latency: none })
    }
  })

  it('that another backend made good counts at the one that failed alone', async () => {
    const run = watch([
      delayed(30, () => run, json({ error: { message: 'busy' } }, 503)),
      delayed(20, () => run, answered),
    ])
    await run.models(['fallback'])
    const { totals, rows, latest } = run.report()
    expect(totals).toMatchObject({ requests: 1, failed: 0, latency: { p50: 50 } })
    expect(rows).toMatchObject([
      { backend: 'default/one', requests: 1, failed: 1, inputTokens: 0, latency: none },
      { backend: 'default/two', requests: 1, failed: 0, inputTokens: 9, latency: { p50: 20 } },
    ])
    expect(latest).toMatchObject([{ tries: 2, backend: 'default/two', durationMs: 50 }])
  })

  it('of a request that no backend was asked for is the own of the gateway', async () => {
    const run = watch([answered], {}, [rule([exact('x-ai-eg-model', 'known')], [ref('one')])])
    await run.ask({ ...hello, model: 'unknown' })
    await run.ask('{')
    await run.fetch(new Request('http://localhost:1975/nothing?token=SECRET'))
    await (await run.fetch(new Request('http://localhost:1975/v1/models'))).text()
    const { rows, latest } = run.report()
    expect(rows).toMatchObject([
      { kind: 'gateway', backend: null, model: null, requests: 4, failed: 3 },
    ])
    expect(latest.map(({ path, status, error }) => [path, status, error])).toEqual([
      ['/v1/models', 200, null],
      ['/nothing', 404, 'unsupported_path'],
      ['/v1/chat/completions', 400, 'malformed_request'],
      ['/v1/chat/completions', 404, 'no_route'],
    ])
    expect(JSON.stringify(run.report())).not.toContain('SECRET')
  })
})

describe('a client that goes away', () => {
  it('before the answer has aborted its request', async () => {
    const run = watch([silence])
    const leaving = new AbortController()
    const asked = run.ask(hello, { signal: leaving.signal }).catch(() => {})
    await settle()
    leaving.abort()
    await asked
    await settle()
    const { totals, rows, latest } = run.report()
    expect(latest).toMatchObject([{ outcome: 'aborted', status: 0, error: null }])
    for (const figures of [totals, rows[0]]) {
      expect(figures).toMatchObject({ requests: 1, failed: 0, aborted: 1, latency: none })
    }
  })
})

describe('the bounds', () => {
  it('keep the latest, the newest first', async () => {
    const run = watch([answered], { maxLatest: 3 })
    await run.models(['a', 'b', 'c', 'd', 'e'])
    expect(run.report().latest.map(({ id, model }) => [id, model])).toEqual([
      [5, 'e'],
      [4, 'd'],
      [3, 'c'],
    ])
    expect(run.report().totals.requests).toBe(5)
  })

  it('keep the rows that were used last; the sums of the others stay', async () => {
    const run = watch([delayed(10, () => run, answered)], { maxRows: 2 })
    await run.models(['a', 'b', 'a', 'c', 'd'])
    const { rows, totals } = run.report()
    expect(
      rows.map(({ kind, model, requests, inputTokens }) => [kind, model, requests, inputTokens]),
    ).toEqual([
      ['backend', 'c', 1, 9],
      ['backend', 'd', 1, 9],
      ['others', null, 3, 27],
    ])
    expect(rows[2]?.latency).toEqual({ p50: 10, p95: 10 })
    expect(totals.requests).toBe(5)
  })

  it('measure the last of many', async () => {
    let ms = 1000
    const run = watch([(seen) => delayed(ms, () => run, answered)(seen)], { window: 4 })
    await run.models(['a', 'a', 'a'])
    ms = 10
    await run.models(['a', 'a', 'a', 'a'])
    expect(run.report().totals.latency).toEqual({ p50: 10, p95: 10 })
    expect(run.report().window).toBe(4)
  })

  it('cut names and paths that clients make long', async () => {
    const run = watch([answered])
    await run.models(['x'.repeat(100_000)])
    await run.fetch(new Request(`http://localhost:1975/${'y'.repeat(10_000)}`))
    expect(JSON.stringify(run.report()).length).toBeLessThan(5000)
    expect(run.report().rows[0]?.model).toMatch(/^x{199}…$/)
  })
})
