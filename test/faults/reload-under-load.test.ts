// Edits, every fifth of them bad, while requests and streams are under way: the configuration that a request meets
// is one of those that were written, whole, and nothing breaks. AIGW_RELOAD_EDITS, AIGW_RELOAD_REQUESTS and
// AIGW_RELOAD_STREAMS make it longer; a full run is 200, 20000 and 100.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWorkspace, type Workspace } from '../runtime-node/command.ts'
import { documents, gateway, gatewayClass, resource, route } from '../unit/config/support.ts'

const edits = Number(process.env.AIGW_RELOAD_EDITS ?? 20)
const requests = Number(process.env.AIGW_RELOAD_REQUESTS ?? 1000)
const streams = Number(process.env.AIGW_RELOAD_STREAMS ?? 20)
const concurrency = 16

let workspace: Workspace
let provider: Server
let folder = ''
let port = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aigw-load-'))
  workspace = createWorkspace()
  provider = createServer(answer)
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const address = provider.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
}, 60_000)
afterAll(() => {
  workspace.remove()
  provider.closeAllConnections()
  provider.close()
  rmSync(folder, { recursive: true })
})

/** Says which header and which model it got; a stream goes on until the test lets it end. */
let endStreams: () => void = () => {}
const streamsEnd = new Promise<void>((resolve) => {
  endStreams = resolve
})

function answer(...[request, response]: Parameters<Parameters<typeof createServer>[1] & object>) {
  let text = ''
  request.on('data', (chunk) => {
    text += chunk
  })
  request.on('end', async () => {
    const { model, stream } = JSON.parse(text) as { model: string; stream?: boolean }
    const seen = `${model} ${request.headers['x-edition']} ${request.headers.authorization}`
    if (stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model,
          choices: [
            { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: seen } },
          ],
        }),
      )
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const event = (delta: object, reason: string | null) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
    response.write(event({ role: 'assistant', content: seen }, null))
    await streamsEnd
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`)
  })
}

/** Override, header and credential all carry the edition's number: a mixture would show. */
function edition(count: number): string {
  // Metrics count by model: what grows with the number of models would look like a leak.
  const number = count % 10
  const group = 'aigateway.envoyproxy.io'
  return documents(
    gatewayClass,
    gateway(),
    resource('Backend', 'a', { spec: { endpoints: [{ ip: { address: '127.0.0.1', port } }] } }),
    resource('AIServiceBackend', 'a', {
      spec: {
        schema: { name: 'OpenAI' },
        backendRef: { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' },
        headerMutation: { set: [{ name: 'x-edition', value: `e${number}` }] },
      },
    }),
    resource('BackendSecurityPolicy', 'p', {
      spec: {
        targetRefs: [{ group, kind: 'AIServiceBackend', name: 'a' }],
        type: 'APIKey',
        apiKey: { secretRef: { name: 's' } },
      },
    }),
    resource('Secret', 's', { stringData: { apiKey: `key-of-e${number}` } }),
    route([
      {
        backendRefs: [{ name: 'a', modelNameOverride: `e${number}` }],
        // The streams stay open for as long as the edits take.
        timeouts: { request: '0s' },
      },
    ]),
  )
}

const breakages = [
  (text: string) => text.slice(0, text.length / 2),
  (text: string) => text.replace('"OpenAI"', '"OpenAPI"'),
  (text: string) =>
    text.replace('"name":"a","modelNameOverride"', '"name":"b","modelNameOverride"'),
]

async function ask(url: string, stream: boolean): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'hi' }] }),
  })
}

/** Open descriptors and resident bytes of a process; nothing where the system does not tell. */
function measure(pid: number | undefined): { files: number; bytes: number } | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return { files: readdirSync(`/proc/${pid}/fd`).length, bytes: Number(pages) * 4096 }
  } catch {
    return undefined
  }
}

const whole = /"(e\d+) \1 Bearer key-of-\1"/

it('breaks nothing when the configuration is edited under load', async () => {
  const file = join(folder, 'a.yaml')
  const put = (text: string) => {
    writeFileSync(`${file}.tmp`, text)
    renameSync(`${file}.tmp`, file)
  }
  put(edition(0))
  const started = workspace.start(['run', '--port', '0', '--admin-port', '0', file])
  const { url, admin } = await started.listening()
  const countOf = async (name: string) => {
    const text = await fetch(`${admin}/metrics`).then((answer) => answer.text())
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  }

  const open = await Promise.all(Array.from({ length: streams }, () => ask(url, true)))
  const texts = open.map((answer) => answer.text())

  let left = requests
  let editing = true
  const problems: string[] = []
  const client = async () => {
    while (left-- > 0 || editing) {
      const answer = await ask(url, false)
      const body = await answer.text()
      if (answer.status !== 200 || !whole.test(body)) problems.push(`${answer.status} ${body}`)
    }
  }
  const clients = Array.from({ length: concurrency }, client)
  let bad = 0
  let early: ReturnType<typeof measure>
  for (let number = 1; number <= edits; number++) {
    const text = edition(number)
    const breakage = number % 5 === 0 ? breakages[bad++ % breakages.length] : undefined
    put(breakage?.(text) ?? text)
    // Until it has been taken or refused: the metrics count both.
    await expect
      .poll(
        async () =>
          (await countOf('aigw_config_reloads_total\\{outcome="success"\\}')) +
          (await countOf('aigw_config_reloads_total\\{outcome="failure"\\}')),
        { timeout: 10_000, interval: 25 },
      )
      .toBe(number)
    if (number === Math.ceil(edits / 2)) early = measure(started.child.pid)
  }
  const late = measure(started.child.pid)
  if (early !== undefined && late !== undefined) {
    expect(late.files).toBeLessThan(early.files + 2 * concurrency)
    expect(late.bytes).toBeLessThan(early.bytes + 64 * 1024 * 1024)
  }
  editing = false
  await Promise.all(clients)
  expect(problems).toEqual([])
  expect(await countOf('aigw_config_reloads_total\\{outcome="failure"\\}')).toBe(bad)

  endStreams()
  for (const text of await Promise.all(texts)) {
    expect(text).toMatch(/"e0 e0 Bearer key-of-e0"/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  }
  expect(started.stderr()).not.toContain('key-of-')
}, 600_000)
