// The floor: the least that a gateway's work costs on bare node:http, with plain callbacks. node floors.mjs PORT ROUTES
// It parses each request for its model, parses each answer, parses and re-emits each event, and translates for Bedrock.
// It does not sign, retry, count or limit. ROUTES is JSON: { model: { port, provider } }.
import { Agent, createServer, request } from 'node:http'
import { createFrameReader } from './event-frames.mjs'

const [, , listenPort, routesJson] = process.argv
const routes = JSON.parse(routesJson)
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

// ---------------------------------------------------------------- OpenAI

/** Calls `emit(data)` with each event's data, wherever the text is cut. */
function createEventReader(emit) {
  let rest = ''
  return (text) => {
    rest += text
    let start = 0
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n', start)) {
      const at = rest.indexOf('data:', start)
      if (at >= 0 && at < end) emit(rest.slice(at + 5, end).trimStart())
      start = end + 2
    }
    rest = rest.slice(start)
  }
}

function passStream(answer, send, finish) {
  const read = createEventReader((data) =>
    send(data === '[DONE]' ? data : JSON.stringify({ ...JSON.parse(data), model: 'rewritten' })),
  )
  answer.setEncoding('utf8').on('data', read).on('end', finish)
}

// ---------------------------------------------------------------- Bedrock

const finishReasons = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool_calls' }

function toConverse({ messages, max_tokens, temperature }) {
  const block = ({ content }) => ({ text: content })
  return JSON.stringify({
    inferenceConfig: { maxTokens: max_tokens, temperature },
    messages: messages
      .filter(({ role }) => role !== 'system')
      .map((message) => ({ content: [block(message)], role: message.role })),
    system: messages.filter(({ role }) => role === 'system').map(block),
  })
}

const toUsage = ({ inputTokens, outputTokens }) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})

const fromConverse = (reply, id, model) =>
  JSON.stringify({
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: reply.output.message.role,
          content: reply.output.message.content.map(({ text }) => text).join(''),
        },
        finish_reason: finishReasons[reply.stopReason],
      },
    ],
    usage: toUsage(reply.usage),
  })

function translateStream(answer, model, send, finish) {
  const base = {
    id: answer.headers['x-amzn-requestid'],
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model,
  }
  const sendDelta = (delta, finish_reason = null) =>
    send(JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason }] }))
  const read = createFrameReader((type, event) => {
    if (type === 'contentBlockDelta') sendDelta({ content: event.delta.text })
    else if (type === 'messageStart') sendDelta({ role: event.role, content: '' })
    else if (type === 'messageStop') sendDelta({}, finishReasons[event.stopReason])
    else if (type === 'metadata')
      send(JSON.stringify({ ...base, choices: [], usage: toUsage(event.usage) }))
  })
  answer.on('data', read).on('end', () => {
    send('[DONE]')
    finish()
  })
}

// ---------------------------------------------------------------- the proxy

const json = { 'content-type': 'application/json' }

function relay(answer, bedrock, parsed, outgoing) {
  if (answer.statusCode === 200 && parsed.stream) {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (data) => outgoing.write(`data: ${data}\n\n`)
    const finish = () => outgoing.end()
    if (bedrock) translateStream(answer, parsed.model, send, finish)
    else passStream(answer, send, finish)
    return
  }
  let text = ''
  answer.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  answer.on('end', () => {
    const reply = JSON.parse(text)
    const body = bedrock
      ? fromConverse(reply, answer.headers['x-amzn-requestid'], parsed.model)
      : text
    outgoing.writeHead(answer.statusCode, { ...json, 'content-length': Buffer.byteLength(body) })
    outgoing.end(body)
  })
}

function proxy(text, outgoing) {
  const parsed = JSON.parse(text)
  const { port, provider } = routes[parsed.model]
  const bedrock = provider === 'bedrock'
  const body = bedrock ? toConverse(parsed) : text
  const action = parsed.stream ? 'converse-stream' : 'converse'
  const path = bedrock ? `/model/${parsed.model}/${action}` : '/v1/chat/completions'
  const headers = {
    ...json,
    authorization: 'Bearer bench',
    'content-length': Buffer.byteLength(body),
  }
  const call = request({ host: '127.0.0.1', port, agent, method: 'POST', path, headers })
  call.on('response', (answer) => relay(answer, bedrock, parsed, outgoing))
  call.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502).end()
  })
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) call.destroy()
  })
  call.end(body)
}

const server = createServer((incoming, outgoing) => {
  // Strings, not buffers: node:http then sends head and body in one write.
  let text = ''
  incoming.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  incoming.on('end', () => proxy(text, outgoing))
})
server.keepAliveTimeout = 600_000
server.listen({ port: Number(listenPort), host: '127.0.0.1', backlog: 4096 }, () => {
  process.stderr.write(`listening on http://127.0.0.1:${listenPort}\n`)
})
