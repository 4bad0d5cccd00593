import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type AdminOptions,
  type AdminServer,
  type SendText,
  startAdmin,
} from '../../../runtime-node/admin.ts'

let admin: AdminServer | undefined
afterEach(async () => {
  await admin?.close()
  admin = undefined
})

async function start(options: Partial<AdminOptions> = {}): Promise<AdminServer> {
  admin = await startAdmin({ port: 0, hosts: ['127.0.0.1'], ...options })
  return admin
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

function ask(
  path: string,
  { method = 'GET', ...headers }: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { port } = admin ?? { port: 0 }
  return new Promise((resolve, reject) => {
    const init = {
      ...{ host: '127.0.0.1', port, path, method },
      headers: { host: 'localhost', ...headers },
    }
    const sent = request(init, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () => {
        resolve({ status: answer.statusCode, headers: answer.headers, body })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('/health', () => {
  it('is 200 OK', async () => {
    await start()
    expect(await ask('/health')).toMatchObject({
      status: 200,
      body: 'OK\n',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '3' },
    })
  })

  it('is 503 draining once the gateway stops', async () => {
    const { startDraining } = await start()
    startDraining()
    const { status, body } = await ask('/health')
    expect({ status, body: body.trim() }).toEqual({ status: 503, body: 'draining' })
  })

  it('stays 200 with a remark', async () => {
    await start({ remark: () => 'configuration not reloaded' })
    expect(await ask('/health')).toMatchObject({
      status: 200,
      body: 'OK\nconfiguration not reloaded\n',
    })
  })

  it('answers HEAD without a body', async () => {
    await start()
    expect(await ask('/health', { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '3' },
    })
  })

  it('does not mind a query', async () => {
    await start()
    expect((await ask('/health?x=1')).status).toBe(200)
  })

  it('refuses other methods', async () => {
    await start()
    expect(await ask('/health', { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  })
})

it.each(['/', '/healthz', '/metrics', '/health/', '/__proto__', '/constructor'])(
  'knows nothing at %s',
  async (path) => {
    await start()
    expect((await ask(path)).status).toBe(404)
  },
)

describe('/ready', () => {
  it('is 200 from when the ports are open until they drain', async () => {
    const { markReady, startDraining } = await start()
    expect(await ask('/ready')).toMatchObject({ status: 503, body: 'starting\n' })
    markReady()
    expect(await ask('/ready')).toMatchObject({ status: 200, body: 'ready\n' })
    startDraining()
    markReady()
    expect(await ask('/ready')).toMatchObject({ status: 503, body: 'draining\n' })
  })
})

it('tells handlers whether the caller is on this machine', async () => {
  await start({ routes: { '/who': ({ isLocal }) => ({ status: 200, body: String(isLocal) }) } })
  expect((await ask('/who')).body).toBe('true')
})

it('serves further routes with their own content type', async () => {
  await start({
    routes: { '/metrics': async () => ({ status: 200, body: 'x 1\n', contentType: 'text/x' }) },
  })
  expect(await ask('/metrics')).toMatchObject({
    status: 200,
    body: 'x 1\n',
    headers: { 'content-type': 'text/x' },
  })
})

it('answers 500 without a word of why when a route fails', async () => {
  await start({ routes: { '/metrics': () => Promise.reject(new Error('secret detail')) } })
  expect(await ask('/metrics')).toMatchObject({ status: 500, body: 'internal error\n' })
  expect((await ask('/health')).status).toBe(200)
})

describe('the Host header on loopback', () => {
  it.each(['localhost', 'localhost:1064', '127.0.0.1:1064', '[::1]:1064', 'aigw.localhost'])(
    'may be %s',
    async (host) => {
      await start()
      expect((await ask('/health', { host })).status).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'evil.example:1064',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
  ])('must not be %s: a page could have rebound its name', async (host) => {
    await start()
    expect((await ask('/health', { host })).status).toBe(403)
  })

  it('does not matter where others are let in', async () => {
    await start({ hosts: ['0.0.0.0'] })
    expect((await ask('/health', { host: 'aigw.internal:1064' })).status).toBe(200)
  })
})

describe('a browser that asks for another page', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
    [
      'another port of this machine',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
    ],
    [
      'a frame',
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'iframe',
      },
    ],
    ['a script where browsers say no more', { origin: 'http://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
  ])('is refused: %s', async (_, headers) => {
    await start()
    expect(await ask('/health', headers)).toMatchObject({ status: 403, body: 'forbidden origin\n' })
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a page of its own', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
    ['its own origin', { origin: 'http://localhost:1064', host: 'localhost:1064' }],
    ['whoever types the address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    [
      'a link from elsewhere',
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    ],
  ])('is answered: %s', async (_, headers) => {
    await start()
    const answer = await ask('/health', headers)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('a stream', () => {
  /** Sends `text` and hands over what a test may do with it. */
  function streaming() {
    let send: SendText = () => {}
    let close = () => {}
    const closed = new Promise<void>((resolve) => {
      close = resolve
    })
    const route = () => ({
      status: 200,
      contentType: 'text/event-stream',
      open(given: SendText) {
        send = given
        send('first\n')
        return close
      },
    })
    return { routes: { '/live': route }, send: (text: string) => send(text), closed }
  }

  it('goes on until the client goes, and then lets its route know', async () => {
    const { routes, send, closed } = streaming()
    const { port } = await start({ routes })
    const leaving = new AbortController()
    const answer = await fetch(`http://127.0.0.1:${port}/live`, { signal: leaving.signal })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('first\n')
    send('second\n')
    expect((await reader?.read())?.value).toBe('second\n')
    leaving.abort()
    await closed
  })

  it('ends with the server', async () => {
    const { routes, closed } = streaming()
    const { port, close } = await start({ routes })
    const answer = await fetch(`http://127.0.0.1:${port}/live`)
    const read = answer.text().catch(() => 'cut')
    await close()
    expect(await read).toBe('cut')
    await closed
  })

  it('leaves out what a client that does not read would have to be kept', async () => {
    const { routes, send, closed } = streaming()
    const { port } = await start({ routes })
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n')
    })
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const megabyte = 'x'.repeat(1024 * 1024)
    for (let times = 0; times < 100; times++) {
      send(megabyte)
      await turn()
    }
    let received = 0
    let isOver = false
    socket.on('data', (chunk) => {
      received += chunk.length
      isOver ||= chunk.includes('over')
    })
    socket.resume()
    while (!isOver) {
      send('over')
      await turn()
    }
    expect(received).toBeLessThan(50 * 1024 * 1024)
    socket.destroy()
    await closed
  })

  it('has no body for HEAD', async () => {
    const { routes } = streaming()
    await start({ routes })
    expect(await ask('/live', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })
})

it('throws when a handler does so at once', async () => {
  await start({
    routes: {
      '/metrics': () => {
        throw new Error('no')
      },
    },
  })
  expect((await ask('/metrics')).status).toBe(500)
})

it('lets go of a client that sends its head too slowly', async () => {
  const { port } = await start({ headTimeoutMs: 50 })
  const received = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /health HTTP/1.1\r\n'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
  expect(received).toMatch(/^HTTP\/1\.1 408 /)
})

it('rejects where the port is taken', async () => {
  const { port } = await start()
  const second = startAdmin({ port, hosts: ['127.0.0.1'] })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
