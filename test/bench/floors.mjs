// The floor: the least that a gateway's work costs on bare node:http, with plain callbacks. node floors.mjs PORT ROUTES
// It parses each request and each answer, and each event of a stream, and writes what the other side speaks.
// It signs where the provider is Bedrock; it does not retry, count or limit. ROUTES is JSON: { model: { port, provider } }.
import { Agent, createServer, request } from 'node:http'
import { anthropic, claudeOnBedrock } from './floor-anthropic.mjs'
import { bedrock } from './floor-bedrock.mjs'
import { gemini } from './floor-gemini.mjs'
import { openai } from './floor-openai.mjs'
import { signAws } from './floor-signature.mjs'

const [, , listenPort, routesJson] = process.argv
const routes = JSON.parse(routesJson)
const dialects = { openai, bedrock, anthropic, claudeOnBedrock, gemini }
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
const signed = new Set(['bedrock', 'claudeOnBedrock'])
const json = { 'content-type': 'application/json' }

function relay(answer, dialect, { model, stream }, outgoing) {
  if (answer.statusCode === 200 && stream) {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (data) => outgoing.write(`data: ${data}\n\n`)
    const finish = () => outgoing.end()
    dialect.translateStream({ answer, model, send, finish })
    return
  }
  let text = ''
  answer.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  answer.on('end', () => {
    const body = dialect.fromAnswer(JSON.parse(text), { text, answer, model })
    outgoing.writeHead(answer.statusCode, { ...json, 'content-length': Buffer.byteLength(body) })
    outgoing.end(body)
  })
}

function proxy(text, outgoing) {
  const parsed = JSON.parse(text)
  const { port, provider } = routes[parsed.model]
  const dialect = dialects[provider]
  const body = dialect.toRequest(parsed, text)
  const path = dialect.path(parsed)
  const headers = {
    ...json,
    ...(signed.has(provider)
      ? signAws(`127.0.0.1:${port}`, path, body)
      : { authorization: 'Bearer bench' }),
    'content-length': Buffer.byteLength(body),
  }
  const call = request({ host: '127.0.0.1', port, agent, method: 'POST', path, headers })
  call.on('response', (answer) => relay(answer, dialect, parsed, outgoing))
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
