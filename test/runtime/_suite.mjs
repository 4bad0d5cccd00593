// What holds on every runtime: cases as plain functions on fetch and assert. A case gets a world:
//   ask(path, init)     sends a request to the gateway
//   script(answer)      says how the provider answers from here on (see provider.mjs); returns what it was asked
import assert from 'node:assert/strict'
import { publicJwk } from './config.mjs'
import { eventFrame } from './event-frame.mjs'
import { assertAssertion, assertSigned } from './signature.mjs'

const encoder = new TextEncoder()

const chat = (model, more = {}, init = {}) => ({
  ...init,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...init.headers },
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Grüße 👋' }], ...more }),
})

const completions = '/v1/chat/completions'

const completion = (content) => ({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm-2026',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
})

const event = (value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`

const delta = (content) =>
  event({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm-2026',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })

const sse = { 'content-type': 'text/event-stream' }
const json = { 'content-type': 'application/json' }
const whole = (content) => ({ headers: json, body: JSON.stringify(completion(content)) })

async function* oneByOne(parts) {
  yield* parts
}

/** Yields what it is given, then never ends. */
async function* thenSilence(...parts) {
  yield* parts
  await new Promise(() => {})
}

/** Goes on until nobody listens any more. */
async function* thenMore(part) {
  for (;;) {
    yield part
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A promise with its key. */
function gate() {
  let open
  const opened = new Promise((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Reads until the text holds what is waited for. */
function textReader(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    reader,
    async until(part) {
      while (!text.includes(part)) {
        const { done, value } = await reader.read()
        assert.ok(!done, `the stream ended before ${part}: ${text}`)
        text += value
      }
      return text
    },
    async rest() {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text
        text += value
      }
    },
  }
}

/** What the events of a stream say, put together. */
export function contentOf(text) {
  return text
    .split('\n\n')
    .filter((part) => part.startsWith('data: {'))
    .map((part) => JSON.parse(part.slice('data: '.length)).choices[0]?.delta.content ?? '')
    .join('')
}

/**
 * A client may learn of a refusal while it is still sending; where the server then closes, as workerd does, it may find the
 * connection broken before it has read the answer. That is a race, and one try in several is won.
 */
async function answerTo(send) {
  for (let tries = 1; ; tries++) {
    try {
      return await send()
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function assertError(response, status, code) {
  assert.equal(response.status, status)
  assert.match(response.headers.get('content-type'), /^application\/json/)
  assert.equal(response.headers.get('x-aigw-error'), code)
  const { type, error } = await response.json()
  assert.equal(type, 'error')
  assert.ok(error.message.length > 0)
  return error
}

export const cases = {
  async 'a unary answer comes as the provider wrote it'({ ask, script }) {
    const body = ` ${JSON.stringify(completion('ça va'))}\n`
    const seen = script(() => ({ headers: { ...json, 'x-request-id': 'r1' }, body }))
    const response = await ask(
      completions,
      chat('m-main', {}, { headers: { authorization: 'Bearer of-the-client' } }),
    )
    assert.equal(response.status, 200)
    assert.equal(await response.text(), body)
    assert.equal(response.headers.get('x-request-id'), 'r1')
    const [request] = seen
    assert.equal(request.method, 'POST')
    assert.equal(request.path, '/main/v1/chat/completions')
    assert.equal(request.headers.authorization, 'Bearer sk-main')
    assert.equal(new TextDecoder().decode(request.body), chat('m-main').body)
  },

  async 'a stream comes complete, byte for byte'({ ask, script }) {
    const parts = [delta('a'), delta('b'), ': note\r\n\r\n', delta('c'), event('[DONE]')]
    script(() => ({ headers: sse, body: oneByOne(parts) }))
    const response = await ask(completions, chat('m-main', { stream: true }))
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type'), /^text\/event-stream/)
    assert.equal(await response.text(), parts.join(''))
  },

  async 'each event of a stream is there before the next one is sent'({ ask, script }) {
    const gates = [gate(), gate()]
    script(() => ({ headers: sse, body: gated() }))
    async function* gated() {
      yield delta('one')
      await gates[0].opened
      yield delta('two')
      await gates[1].opened
      yield delta('three') + event('[DONE]')
    }
    const response = await ask(completions, chat('m-main', { stream: true }))
    const text = textReader(response)
    await text.until('one')
    gates[0].open()
    await text.until('two')
    gates[1].open()
    await text.until('[DONE]')
    assert.equal((await text.reader.read()).done, true)
  },

  async 'a character cut in two between chunks stays whole'({ ask, script }) {
    const bytes = encoder.encode(delta('👋') + event('[DONE]'))
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    script(() => ({ headers: sse, body: oneByOne(single) }))
    const response = await ask(completions, chat('m-main', { stream: true }))
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes)
  },

  async 'a client who leaves before the answer cancels the provider'({ ask, script }) {
    const asked = gate()
    const seen = script(() => {
      asked.open()
      return new Promise(() => {})
    })
    const client = new AbortController()
    const answer = ask(completions, { ...chat('m-main'), signal: client.signal })
    answer.catch(() => {})
    await asked.opened
    client.abort()
    await seen[0].gone
  },

  async 'a client who leaves in the middle of a stream cancels the provider'({ ask, script }) {
    const seen = script(() => ({ headers: sse, body: thenSilence(delta('one')) }))
    const client = new AbortController()
    const response = await ask(completions, {
      ...chat('m-main', { stream: true }),
      signal: client.signal,
    })
    const text = textReader(response)
    await text.until('one')
    const rest = text.reader.read()
    rest.catch(() => {})
    client.abort()
    await seen[0].gone
  },

  async 'a reader who cancels the body cancels the provider'({ ask, script }) {
    const seen = script(() => ({ headers: sse, body: thenSilence(delta('one')) }))
    const response = await ask(completions, chat('m-main', { stream: true }))
    const text = textReader(response)
    await text.until('one')
    await text.reader.cancel()
    await seen[0].gone
  },

  async 'a client who leaves a stream that goes on cancels the provider'({ ask, script }) {
    const seen = script(() => ({ headers: sse, body: thenMore(delta('one')) }))
    const client = new AbortController()
    const response = await ask(completions, {
      ...chat('m-main', { stream: true }),
      signal: client.signal,
    })
    const text = textReader(response)
    await text.until('one')
    client.abort()
    await text.rest().catch(() => {})
    await seen[0].gone
  },

  async 'a reader who does not read holds the provider back'({ ask, script }) {
    const mebibyte = delta('x'.repeat(2 ** 20))
    const total = 64
    let sent = 0
    let held = () => {}
    const stopped = new Promise((resolve) => {
      held = resolve
    })
    const seen = script(() => ({ headers: sse, body: flood() }))
    async function* flood() {
      let timer
      for (; sent < total; sent++) {
        clearTimeout(timer)
        // Nobody took the last one for so long: the flood stands.
        timer = setTimeout(held, 500)
        yield mebibyte
      }
      clearTimeout(timer)
      held()
    }
    const response = await ask(completions, chat('m-main', { stream: true }))
    const text = textReader(response)
    await text.until('x')
    await stopped
    assert.ok(sent < 40, `${sent} MiB were taken for a reader who reads nothing`)
    await text.reader.cancel()
    await seen[0].gone
  },

  async 'a stream that breaks off ends with an error event, not with [DONE]'({ ask, script }) {
    const arrived = gate()
    script(() => ({ headers: sse, body: broken() }))
    async function* broken() {
      yield delta('one')
      await arrived.opened
      throw new Error('broken on purpose')
    }
    const response = await ask(completions, chat('m-main', { stream: true }))
    assert.equal(response.status, 200)
    const text = textReader(response)
    assert.equal(await text.until('one'), delta('one'))
    arrived.open()
    assert.doesNotMatch(await text.until('"error"'), /\[DONE\]/)
    assert.doesNotMatch(await text.rest(), /\[DONE\]/)
  },

  async 'a stream that breaks off inside an event keeps the half of it to itself'({ ask, script }) {
    const arrived = gate()
    script(() => ({ headers: sse, body: broken() }))
    async function* broken() {
      yield delta('one')
      await arrived.opened
      yield delta('two').slice(0, 40)
      throw new Error('broken on purpose')
    }
    const response = await ask(completions, chat('m-main', { stream: true }))
    const text = textReader(response)
    await text.until('one')
    arrived.open()
    const [, ...events] = (await text.rest()).split('\n\n')
    const { error } = JSON.parse(events[0].replace(/^data: /, ''))
    assert.deepEqual([error.code, error.message], ['503', 'the provider broke off its answer'])
  },

  async 'an answer that breaks off is a 503, never half an answer'({ ask, script }) {
    script(() => ({ headers: { ...json, 'content-length': '4000' }, body: broken() }))
    async function* broken() {
      yield JSON.stringify(completion('half')).slice(0, 60)
      throw new Error('broken on purpose')
    }
    const response = await ask(completions, chat('m-main'))
    await assertError(response, 503, 'upstream_reset')
  },

  async 'a provider that hangs up without an answer is a 503'({ ask, script }) {
    script(() => ({ hangUp: true }))
    const response = await ask(completions, chat('m-main'))
    assert.equal(response.status, 503)
    assert.match(response.headers.get('x-aigw-error'), /^upstream_(connect|reset)$/)
    const { error } = await response.json()
    assert.match(error.message, /^upstream connect error or disconnect\/reset before headers/)
  },

  async 'a provider that says nothing is a 504 when its time is up'({ ask, script }) {
    const seen = script(() => new Promise(() => {}))
    await assertError(await ask(completions, chat('m-hasty')), 504, 'upstream_timeout')
    await seen[0].gone
  },

  async 'a stream that falls silent says so, and the provider is let go'({ ask, script }) {
    const seen = script(() => ({ headers: sse, body: thenSilence(delta('one')) }))
    const response = await ask(completions, chat('m-hasty', { stream: true }))
    assert.equal(response.status, 200)
    const text = textReader(response)
    assert.match(await text.until('"error"'), /one/)
    assert.match(await text.rest(), /timeout/)
    await seen[0].gone
  },

  async 'a redirect is not followed'({ ask, script }) {
    const seen = script(() => ({
      status: 307,
      headers: { location: '/elsewhere', 'content-type': 'text/plain' },
      body: 'over there',
    }))
    const response = await ask(completions, chat('m-main'))
    assert.ok(response.status >= 300, `${response.status}`)
    assert.equal(seen.length, 1)
  },

  async 'a path that nobody serves is a 404'({ ask }) {
    await assertError(await ask('/v1/nothing', chat('m-main')), 404, 'unsupported_path')
  },

  async 'a model that no route takes is a 404 that names the parameter'({ ask }) {
    const error = await assertError(await ask(completions, chat('m-unknown')), 404, 'no_route')
    assert.equal(error.param, 'model')
  },

  async 'a method that is not POST is a 405'({ ask }) {
    const response = await ask(completions)
    assert.equal(response.headers.get('allow'), 'POST')
    await assertError(response, 405, 'method_not_allowed')
  },

  async 'a body that is no JSON is a 400'({ ask }) {
    const response = await ask(completions, { ...chat('m-main'), body: '{"model": "m-main", ' })
    await assertError(response, 400, 'malformed_request')
  },

  async 'a body above the limit is a 413, with its length said or not'({ ask, script }) {
    const seen = script(() => whole('never'))
    const { body, ...init } = chat('m-main', { padding: 'x'.repeat(4 * 2 ** 20) })
    const sent = () => ask(completions, { ...init, body })
    await assertError(await answerTo(sent), 413, 'payload_too_large')
    const bytes = encoder.encode(body)
    const inChunks = () => {
      const chunked = new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 2 ** 16) {
            controller.enqueue(bytes.slice(at, at + 2 ** 16))
          }
          controller.close()
        },
      })
      return ask(completions, { ...init, body: chunked, duplex: 'half' })
    }
    await assertError(await answerTo(inChunks), 413, 'payload_too_large')
    assert.equal(seen.length, 0)
  },

  async 'a body just below the limit arrives as it was sent'({ ask, script }) {
    const seen = script(() => whole('taken'))
    const init = chat('m-main', { padding: 'ü'.repeat(2 ** 20 * 2 - 1000) })
    const response = await ask(completions, init)
    assert.equal(response.status, 200)
    assert.deepEqual(seen[0].body, encoder.encode(init.body))
  },

  async 'an upload that is broken off hurts nobody else'({ ask, script }) {
    const seen = script(() => whole('fine'))
    const client = new AbortController()
    const { body, ...init } = chat('m-main', { padding: 'x'.repeat(2 ** 16) })
    const half = new ReadableStream({
      pull(controller) {
        controller.enqueue(encoder.encode(body.slice(0, 1000)))
        setTimeout(() => client.abort(), 20)
        return new Promise(() => {})
      },
    })
    const { signal } = client
    await ask(completions, { ...init, body: half, duplex: 'half', signal }).then(
      (response) => response.arrayBuffer(),
      () => {},
    )
    assert.equal(seen.length, 0)
    assert.equal((await ask(completions, chat('m-main'))).status, 200)
  },

  async 'an answer of many megabytes comes as it was sent'({ ask, script }) {
    const body = encoder.encode(JSON.stringify(completion('ü👋'.repeat(2 ** 20))))
    script(() => ({ headers: json, body }))
    const response = await ask(completions, chat('m-main'))
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), body)
  },

  async 'an upload of files goes through byte for byte, and sound comes back'({ ask, script }) {
    const sound = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256)
    const seen = script(() => ({ headers: json, body: '{"text":"heard"}' }))
    const form = new FormData()
    form.set('model', 'm-main')
    form.set('file', new File([sound], 'é.wav', { type: 'audio/wav' }))
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const type = request.headers.get('content-type')
    const sent = await request.arrayBuffer()
    const post = { method: 'POST', headers: { 'content-type': type }, body: sent }
    const heard = await ask('/v1/audio/transcriptions', post)
    assert.deepEqual([heard.status, await heard.json()], [200, { text: 'heard' }])
    assert.deepEqual(seen[0].body, new Uint8Array(sent))
    assert.equal(seen[0].headers['content-type'], type)

    script(() => ({ headers: { 'content-type': 'audio/wav' }, body: sound }))
    const speech = await ask('/v1/audio/speech', {
      ...chat('m-main'),
      body: JSON.stringify({ model: 'm-main', input: 'hi', voice: 'alloy' }),
    })
    assert.equal(speech.headers.get('content-type'), 'audio/wav')
    assert.deepEqual(new Uint8Array(await speech.arrayBuffer()), sound)
  },

  async 'a request without a body has none at the provider either'({ ask, script }) {
    const seen = script(() => ({ headers: json, body: '{"id":"resp_1","object":"response"}' }))
    const headers = { 'x-ai-eg-model': 'm-main' }
    const read = await ask('/v1/responses/resp_1', { headers })
    assert.deepEqual([read.status, (await read.json()).id], [200, 'resp_1'])
    assert.equal((await ask('/v1/responses/resp_1', { method: 'DELETE', headers })).status, 200)
    assert.deepEqual(
      seen.map(({ method, path, body }) => [method, path, body.length]),
      [
        ['GET', '/main/v1/responses/resp_1', 0],
        ['DELETE', '/main/v1/responses/resp_1', 0],
      ],
    )
  },

  async 'models are listed, and described one by one'({ ask }) {
    const list = await (await ask('/v1/models')).json()
    assert.equal(list.object, 'list')
    const ids = list.data.map(({ id }) => id)
    assert.deepEqual(ids.toSorted(), [
      'm-bedrock',
      'm-dead',
      'm-fallback',
      'm-hasty',
      'm-main',
      'm-vertex',
    ])
    const model = await (await ask('/v1/models/m-main')).json()
    assert.equal(model.id, 'm-main')
    assert.equal((await ask('/v1/models/m-unknown')).status, 404)
  },

  async 'a compressed request is read, and sent on as plain JSON'({ ask, script }) {
    const seen = script(() => whole('read'))
    const { body, ...init } = chat('m-main')
    const packed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
    const response = await ask(completions, {
      ...init,
      headers: { ...init.headers, 'content-encoding': 'gzip' },
      body: await new Response(packed).arrayBuffer(),
    })
    assert.equal(response.status, 200)
    assert.equal(new TextDecoder().decode(seen[0].body), body)
    assert.equal(seen[0].headers['content-encoding'], undefined)
  },

  async 'Bedrock is asked in its own protocol, signed over what it receives'({ ask, script }) {
    const seen = script(() => ({
      headers: json,
      body: JSON.stringify({
        output: { message: { role: 'assistant', content: [{ text: 'Bonjour' }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
      }),
    }))
    const response = await ask(completions, chat('m-bedrock', { temperature: 0.5 }))
    assert.equal(response.status, 200)
    const answer = await response.json()
    assert.equal(answer.choices[0].message.content, 'Bonjour')
    assert.equal(answer.usage.total_tokens, 7)
    const [request] = seen
    assert.equal(decodeURIComponent(request.path), '/model/us.vendor.model-v1:0/converse')
    const sent = JSON.parse(new TextDecoder().decode(request.body))
    assert.deepEqual(sent.messages, [{ role: 'user', content: [{ text: 'Grüße 👋' }] }])
    await assertSigned(request, { secretKey: 'secret-of-aws', region: 'eu-west-1' })
  },

  async "a stream of Bedrock's frames becomes events, and its failure an error event"({
    ask,
    script,
  }) {
    const frames = [
      eventFrame('messageStart', { role: 'assistant' }),
      eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grüße 👋' } }),
      eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
      eventFrame('messageStop', { stopReason: 'end_turn' }),
      eventFrame('metadata', { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } }),
    ]
    const headers = { 'content-type': 'application/vnd.amazon.eventstream' }
    const bytes = frames.flatMap((frame) => [...frame])
    // Cut where no frame begins.
    const parts = [bytes.slice(0, 77), bytes.slice(77)].map((part) => Uint8Array.from(part))
    script(() => ({ headers, body: oneByOne(parts) }))
    const response = await ask(completions, chat('m-bedrock', { stream: true }))
    const text = await response.text()
    assert.equal(contentOf(text), 'Grüße 👋')
    assert.match(text, /"finish_reason":"stop"(?:.|\n)*data: \[DONE\]\n\n$/)

    frames[2].fill(0, 20, 24)
    script(() => ({ headers, body: oneByOne(frames) }))
    const broken = await (await ask(completions, chat('m-bedrock', { stream: true }))).text()
    assert.match(broken, /"error"/)
    assert.doesNotMatch(broken, /\[DONE\]|"finish_reason":"/)
  },

  async 'Google is asked for one token, by a signature, however many requests wait for it'({
    ask,
    script,
  }) {
    const answer = {
      candidates: [
        { content: { role: 'model', parts: [{ text: 'Servus' }] }, finishReason: 'STOP' },
      ],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
    }
    const seen = script(({ path }) => ({
      headers: json,
      body: JSON.stringify(
        path === '/token'
          ? { access_token: 'token-of-google', expires_in: 3600, token_type: 'Bearer' }
          : answer,
      ),
    }))
    const responses = await Promise.all([1, 2, 3].map(() => ask(completions, chat('m-vertex'))))
    for (const response of responses) {
      assert.equal((await response.json()).choices[0].message.content, 'Servus')
    }
    const [tokens, calls] = [true, false].map((isToken) =>
      seen.filter(({ path }) => (path === '/token') === isToken),
    )
    assert.equal(tokens.length, 1)
    const claims = await assertAssertion(new TextDecoder().decode(tokens[0].body), publicJwk)
    assert.equal(claims.iss, 'gateway@project.test')
    assert.deepEqual(
      calls.map(({ headers }) => headers.authorization),
      Array(3).fill('Bearer token-of-google'),
    )
  },

  async 'a backend that fails is followed by the next one'({ ask, script }) {
    const seen = script(({ path }) =>
      path.startsWith('/main') ? { status: 500, headers: json, body: '{}' } : whole('spare'),
    )
    const response = await ask(completions, chat('m-fallback'))
    assert.equal(response.status, 200)
    assert.equal((await response.json()).choices[0].message.content, 'spare')
    assert.deepEqual(
      seen.map(({ path }) => path),
      ['/main/v1/chat/completions', '/spare/v1/chat/completions'],
    )
  },

  async 'a stream that breaks before its first content is followed by the next backend'({
    ask,
    script,
  }) {
    const good = delta('spare') + event('[DONE]')
    script(({ path }) => ({ headers: sse, body: path.startsWith('/main') ? broken() : good }))
    async function* broken() {
      yield ': hello\n\n'
      throw new Error('broken on purpose')
    }
    const response = await ask(completions, chat('m-fallback', { stream: true }))
    assert.equal(response.status, 200)
    assert.equal(await response.text(), good)
  },

  async "a provider's refusal comes with its status and headers"({ ask, script }) {
    const body = JSON.stringify({ error: { message: 'slow down', type: 'requests', code: null } })
    script(() => ({ status: 429, headers: { ...json, 'retry-after': '7' }, body }))
    const response = await ask(completions, chat('m-main'))
    assert.equal(response.status, 429)
    assert.equal(response.headers.get('retry-after'), '7')
    assert.deepEqual(await response.json(), JSON.parse(body))
  },

  async 'a hundred streams at once do not mix'({ ask, script }) {
    script(({ body }) => {
      const { messages } = JSON.parse(new TextDecoder().decode(body))
      return { headers: sse, body: words(messages[0].content) }
    })
    async function* words(name) {
      for (let index = 0; index < 10; index++) {
        yield delta(`${name}-${index} `)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      yield event('[DONE]')
    }
    const one = async (name) => {
      const messages = [{ role: 'user', content: name }]
      const text = await (await ask(completions, chat('m-main', { stream: true, messages }))).text()
      const expected = Array.from({ length: 10 }, (_, index) => `${name}-${index} `).join('')
      assert.equal(contentOf(text), expected)
    }
    await Promise.all(Array.from({ length: 100 }, (_, index) => one(`s${index}`)))
  },

  async 'a provider that nobody serves is a 503'({ ask }) {
    const response = await ask(completions, chat('m-dead'))
    await assertError(response, 503, 'upstream_connect')
  },
}
