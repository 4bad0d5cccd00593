// What only the command has: its start and its end, the admin server, the simulator, sockets.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { contentOf } from './_suite.mjs'
import { createConfig } from './config.mjs'
import { dist, run, startGateway } from './processes.mjs'
import { startProvider } from './provider.mjs'

const json = { 'content-type': 'application/json' }
const chat = (model, more = {}) => ({
  method: 'POST',
  headers: json,
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }], ...more }),
})
const completions = '/v1/chat/completions'
const sse = { 'content-type': 'text/event-stream' }
const delta = (content) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

/** A directory with a configuration, a provider, and room for a run's own files. */
export async function createScene() {
  const provider = await startProvider()
  const other = await startProvider()
  const dead = other.port
  await other.close()
  const directory = mkdtempSync(join(tmpdir(), 'aigw-runtime-'))
  const config = createConfig({ listener: 1975, provider: provider.port, dead })
  const file = join(directory, 'config.yaml')
  writeFileSync(file, config)
  const env = {
    AIGW_CONFIG_HOME: directory,
    AIGW_DATA_HOME: directory,
    AIGW_STATE_HOME: directory,
    AIGW_RUNTIME_DIR: directory,
    NO_COLOR: '1',
  }
  return {
    provider,
    config,
    file,
    directory,
    env,
    async close() {
      await provider.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Sends bytes as they are and returns what comes back until the connection closes or so long. */
function exchangeRaw(url, text) {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setTimeout(3000, () => socket.destroy())
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

/** The world of a case: `{ program, scene }`. */
export const cases = {
  async 'it is ready, healthy, and ends with 0 when told to'({ program, scene }) {
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const health = await fetch(`http://127.0.0.1:${gateway.adminPort}/health`)
    assert.deepEqual([health.status, await health.text()], [200, 'OK\n'])
    const check = run(program, [join(dist, 'aigw.js'), 'healthcheck'], {
      env: { ...scene.env, AIGW_ADMIN_PORT: String(gateway.adminPort) },
    })
    assert.equal((await check.ended).code, 0)
    const { code, output } = await gateway.stop()
    assert.equal(code, 0, output)
    assert.match(output, /^AI Gateway External Processor is ready$/m)
  },

  async 'it reads a configuration from standard input'({ program, scene }) {
    const text = createConfig({ listener: 1975, provider: scene.provider.port, dead: 9 })
    const gateway = await startGateway(program, ['-'], { env: scene.env, input: text })
    const models = await (await fetch(`${gateway.url}/v1/models`)).json()
    assert.equal(models.data.length, 6)
    assert.equal((await gateway.stop()).code, 0)
  },

  async 'a stream in flight ends properly after SIGTERM, and nobody new is let in'({
    program,
    scene,
  }) {
    let release = () => {}
    const released = new Promise((resolve) => {
      release = resolve
    })
    scene.provider.script(() => ({ headers: sse, body: gated() }))
    async function* gated() {
      yield delta('one')
      await released
      yield `${delta('two')}data: [DONE]\n\n`
    }
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const response = await fetch(gateway.url + completions, chat('m-main', { stream: true }))
    const reader = response.body.getReader()
    await reader.read()
    gateway.child.kill('SIGTERM')
    while (
      await fetch(`${gateway.url}/v1/models`).then(
        () => true,
        () => false,
      )
    ) {
      // Until the listener is closed.
    }
    release()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    assert.equal(text, `${delta('two')}data: [DONE]\n\n`)
    assert.equal((await gateway.ended).code, 0)
  },

  async 'what does not end in time is cut, and the provider let go'({ program, scene }) {
    const seen = scene.provider.script(() => ({ headers: sse, body: endless() }))
    async function* endless() {
      yield delta('one')
      await new Promise(() => {})
    }
    const gateway = await startGateway(program, [scene.file, '--drain-timeout', '200ms'], {
      env: scene.env,
    })
    const response = await fetch(gateway.url + completions, chat('m-main', { stream: true }))
    const reader = response.body.getReader()
    await reader.read()
    const rest = reader.read().then(
      ({ done }) => done,
      () => true,
    )
    assert.equal((await gateway.stop()).code, 0)
    assert.equal(await rest, true)
    await seen[0].gone
  },

  async 'a keep-alive connection that is idle does not hold up the end'({ program, scene }) {
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const { port } = new URL(gateway.url)
    const socket = connect(Number(port), '127.0.0.1')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await new Promise((resolve) => {
      socket.once('data', resolve)
      socket.on('error', () => {})
      socket.write('GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n')
    })
    socket.resume()
    assert.equal((await gateway.stop()).code, 0)
    await closed
  },

  async 'a stream may be silent for longer than a connection may be idle'({ program, scene }) {
    const client = {
      timeout: { http: { idleTimeout: '1s' } },
      healthCheck: { path: '/healthz' },
    }
    const input = createConfig({ listener: 1975, provider: scene.provider.port, dead: 9, client })
    const gateway = await startGateway(program, ['-'], { env: scene.env, input })
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200)
    // Bun looks at its connections every four seconds.
    scene.provider.script(() => ({ headers: sse, body: silentFor(9000) }))
    async function* silentFor(ms) {
      yield delta('one')
      await new Promise((resolve) => setTimeout(resolve, ms))
      yield `${delta('two')}data: [DONE]\n\n`
    }
    const response = await fetch(gateway.url + completions, chat('m-main', { stream: true }))
    assert.equal(contentOf(await response.text()), 'onetwo')
    await gateway.stop()
  },

  async 'exit codes: 80 for a command line, 1 for a failure, 0 else'({ program, scene }) {
    const aigw = async (...args) => {
      const { code, output } = await run(program, [join(dist, 'aigw.js'), ...args], {
        env: { ...scene.env, AIGW_ADMIN_PORT: '9' },
      }).ended
      return [code, output]
    }
    const [bad, said] = await aigw('run', '--nonsense')
    assert.equal(bad, 80, said)
    assert.match(said, /^aigw: error: unknown flag --nonsense/)
    const [missing, why] = await aigw('run', join(scene.directory, 'nowhere.yaml'))
    assert.equal(missing, 1, why)
    assert.match(why, /no such file or directory/)
    const broken = join(scene.directory, 'broken.yaml')
    writeFileSync(broken, 'kind: [\n')
    const [faulty, place] = await aigw('run', broken)
    assert.equal(faulty, 1, place)
    assert.match(place, /broken\.yaml:\d+:\d+: error: /)
    rmSync(broken)
    assert.equal((await aigw('healthcheck'))[0], 1)
    assert.equal((await aigw('version'))[0], 0)
    const [shown, text] = await aigw('run', '--show-default')
    assert.equal(shown, 0)
    assert.match(text, /kind: AIGatewayRoute/)
  },

  async 'a port in use is said, with exit code 1'({ program, scene }) {
    const { port } = scene.provider
    const { code, output } = await run(
      program,
      [join(dist, 'aigw.js'), 'run', scene.file, '--port', String(port), '--admin-port', '0'],
      { env: scene.env },
    ).ended
    assert.equal(code, 1, output)
    assert.match(output, new RegExp(`port ${port} is in use`))
  },

  async 'a simulated provider answers, at once and as a stream that is paced'({ program, scene }) {
    const gateway = await startGateway(
      program,
      ['--simulate', '--simulate-delay', '1ms', '--simulate-rate', '50'],
      { env: { ...scene.env, AIGW_CONFIG_HOME: join(scene.directory, 'empty') } },
    )
    for (const model of ['gpt-4o-mini', 'us.meta.llama3-2-1b-instruct-v1:0']) {
      const answer = await (await fetch(gateway.url + completions, chat(model))).json()
      assert.match(answer.choices[0].message.content, /hello/)
      const response = await fetch(gateway.url + completions, chat(model, { stream: true }))
      let chunks = 0
      let text = ''
      for await (const chunk of response.body) {
        chunks += 1
        text += new TextDecoder().decode(chunk)
      }
      assert.ok(chunks > 3, `${model}: ${chunks} chunks`)
      assert.equal(contentOf(text), answer.choices[0].message.content)
      assert.match(text, /data: \[DONE\]\n\n$/)
    }
    assert.equal((await gateway.stop()).code, 0)
  },

  async 'an answer that the provider has compressed comes plain'({ program, scene }) {
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const body = JSON.stringify({ id: 'c1', choices: [], usage: {} })
    scene.provider.script(() => ({
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(body),
    }))
    const response = await fetch(gateway.url + completions, chat('m-main'))
    assert.equal(response.headers.get('content-encoding'), null)
    assert.equal(await response.text(), body)
    scene.provider.script(() => ({
      headers: { ...sse, 'content-encoding': 'gzip' },
      body: gzipSync(`${delta('one')}data: [DONE]\n\n`),
    }))
    const stream = await fetch(gateway.url + completions, chat('m-main', { stream: true }))
    assert.equal(await stream.text(), `${delta('one')}data: [DONE]\n\n`)
    await gateway.stop()
  },

  async 'the page of the admin server is told of requests as they end'({ program, scene }) {
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const admin = `http://127.0.0.1:${gateway.adminPort}`
    const page = await fetch(`${admin}/`)
    assert.match(await page.text(), /<!doctype html>/)
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/)
    const leaving = new AbortController()
    const live = await fetch(`${admin}/requests/live`, { signal: leaving.signal })
    const text = live.body.pipeThrough(new TextDecoderStream()).getReader()
    const told = async () => JSON.parse(/^data: (.*)$/m.exec((await text.read()).value)[1])
    assert.equal((await told()).totals.requests, 0)
    scene.provider.script(() => ({ headers: json, body: '{"usage":{"prompt_tokens":3}}' }))
    await (await fetch(gateway.url + completions, chat('m-main'))).text()
    let report = await told()
    while (report.totals.requests === 0) report = await told()
    assert.deepEqual(
      report.latest.map(({ path, model, status }) => [path, model, status]),
      [[completions, 'm-main', 200]],
    )
    assert.equal(report.totals.inputTokens, 3)
    leaving.abort()
    const open = await fetch(`${admin}/requests/live`)
    const { code, output } = await gateway.stop()
    assert.equal(code, 0, output)
    await open.text().catch(() => {})
  },

  async 'requests that two parsers could read in two ways are refused'({ program, scene }) {
    const seen = scene.provider.script(() => ({ headers: json, body: '{}' }))
    const gateway = await startGateway(program, [scene.file], { env: scene.env })
    const head = `POST ${completions} HTTP/1.1\r\nhost: localhost\r\n`
    const refused = {
      'two lengths': `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `,
      'a length and chunks': `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      'two hosts': `${head}host: elsewhere\r\ncontent-length: 2\r\n\r\n{}`,
      'an underscore in a name': `${head}session_id: 1\r\ncontent-length: 2\r\n\r\n{}`,
      'a folded header': `${head}a: b\r\n c\r\ncontent-length: 2\r\n\r\n{}`,
      'a host that is none': `GET /v1/models HTTP/1.1\r\nhost: a/b?c\r\nconnection: close\r\n\r\n`,
    }
    for (const [name, text] of Object.entries(refused)) {
      assert.match(await exchangeRaw(gateway.url, text), /^HTTP\/1.1 400 /, name)
    }
    assert.equal(seen.length, 0)
    await gateway.stop()
  },
}
