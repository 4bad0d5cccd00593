// The providers, in a process of their own: one port a scenario, on raw sockets. Started by bench.mjs, which gets the ports
// at first, and { connections, requests, open } whenever it asks.
import { createServer } from 'node:net'
import { answerHead, chunk, createMessageReader, LAST_CHUNK } from './http-messages.mjs'
import { helpOut } from './processes.mjs'
import { providers, stamp, streamWords, traffic } from './workloads.mjs'

// Providers flush each event; a stream that piles up on its way arrives in pieces of about this size.
const PIECE = 32 * 1024
const counts = { connections: 0, requests: 0, open: 0 }

function fixedAnswer(scenario) {
  const { unaryType, streamType, whole, open, piece, close } = providers[scenario.provider]
  if (!scenario.events) {
    const body = Buffer.from(whole)
    return Buffer.concat([Buffer.from(answerHead(unaryType, body.length)), body])
  }
  const body = Buffer.concat([...open, ...streamWords(scenario).map(piece), ...close])
  const chunks = []
  for (let at = 0; at < body.length; at += PIECE) chunks.push(chunk(body.subarray(at, at + PIECE)))
  return Buffer.concat([Buffer.from(answerHead(streamType)), ...chunks, LAST_CHUNK])
}

function sendPaced(socket, scenario) {
  const { streamType, open, piece, close } = providers[scenario.provider]
  const texts = streamWords(scenario)
  const began = performance.now()
  let at = 0
  let timer
  const next = () => piece(stamp(texts[at]), at++)
  // On a fixed schedule: intervals drift, and streams that fall into step cost the gateway fewer wake-ups.
  const wait = () => {
    timer = setTimeout(send, began + at * scenario.gap - performance.now())
  }
  const send = () => {
    if (at < texts.length) {
      socket.write(chunk(next()))
      wait()
    } else stop(socket.write(Buffer.concat([chunk(Buffer.concat(close)), LAST_CHUNK])))
  }
  const stop = () => {
    clearTimeout(timer)
    socket.off('close', stop)
    counts.open--
  }
  counts.open++
  socket.on('close', stop)
  socket.write(
    Buffer.concat([Buffer.from(answerHead(streamType)), chunk(Buffer.concat([...open, next()]))]),
  )
  wait()
}

function serve(scenario) {
  const fixed = scenario.gap ? undefined : fixedAnswer(scenario)
  const ignore = () => {}
  return createServer({ noDelay: true }, (socket) => {
    counts.connections++
    const answer = () => {
      counts.requests++
      if (fixed) socket.write(fixed)
      else sendPaced(socket, scenario)
    }
    socket.on('data', createMessageReader(ignore, answer)).on('error', ignore)
  })
}

function serveTokens() {
  const body = JSON.stringify({ access_token: 'bench', expires_in: 3600, token_type: 'Bearer' })
  const ignore = () => {}
  return createServer((socket) => {
    const answer = () => socket.write(answerHead('application/json', body.length) + body)
    socket.on('data', createMessageReader(ignore, answer)).on('error', ignore)
  })
}

async function listen(server) {
  const target = { port: 0, host: '127.0.0.1', backlog: 4096 }
  await new Promise((resolve) => server.listen(target, resolve))
  return server.address().port
}

const ports = { token: await listen(serveTokens()) }
for (const [name, scenario] of Object.entries(traffic)) ports[name] = await listen(serve(scenario))
helpOut(ports, () => counts)
