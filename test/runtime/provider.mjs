// The provider of the suite, as a server or as a fetch function. Its script is a function of what it is asked:
//   { method, path, headers, body, gone }     `gone` resolves when the gateway has let go of the answer
// to an answer, or a promise of one:
//   { status?, headers?, body }               a text, bytes, or an async iterable of them; one that throws breaks off
//   { hangUp: true }                          no answer at all
import { createServer } from 'node:http'

/** `script(answer)` replaces the script and returns the list of what is asked from then on. */
function createScript() {
  let current = () => ({ status: 500, body: 'no script' })
  let seen = []
  return {
    script(answer) {
      current = answer
      seen = []
      return seen
    },
    take(request) {
      seen.push(request)
      return current(request)
    },
  }
}

async function* parts(body) {
  if (typeof body === 'string' || body instanceof Uint8Array) yield body
  else yield* body
}

export async function startProvider() {
  const { script, take } = createScript()
  const server = createServer(async (incoming, outgoing) => {
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    const gone = new Promise((resolve) => {
      outgoing.on('close', () => {
        if (!outgoing.writableFinished) resolve()
      })
    })
    const { method, url: path, headers } = incoming
    const body = new Uint8Array(Buffer.concat(chunks))
    const answer = await take({ method, path, headers, body, gone })
    if (answer.hangUp) return outgoing.destroy()
    const iterator = parts(answer.body)
    try {
      outgoing.writeHead(answer.status ?? 200, answer.headers)
      outgoing.flushHeaders()
      for await (const part of iterator) {
        if (outgoing.destroyed) return
        if (outgoing.write(part)) continue
        await Promise.race([new Promise((resolve) => outgoing.once('drain', resolve)), gone])
      }
      outgoing.end()
    } catch {
      outgoing.destroy()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    script,
    port: server.address().port,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

export function createProviderFetch() {
  const { script, take } = createScript()
  const fetch = async (url, { method, headers, body = new Uint8Array(), signal }) => {
    const { pathname, search, host } = new URL(url)
    let release
    const gone = new Promise((resolve) => {
      release = resolve
    })
    signal.addEventListener('abort', release, { once: true })
    const aborted = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    aborted.catch(() => {})
    const request = { method, path: pathname + search, headers: { host, ...headers }, body, gone }
    const answer = await Promise.race([take(request), aborted])
    if (answer.hangUp) throw new TypeError('fetch failed')
    return new Response(streamOf(parts(answer.body), release, signal), {
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
    })
  }
  return { script, fetch }
}

function streamOf(iterator, release, signal) {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      start(controller) {
        signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
      },
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) return controller.close()
        controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
      },
      cancel: release,
    },
    { highWaterMark: 0 },
  )
}
