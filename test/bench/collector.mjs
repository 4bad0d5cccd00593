// A collector of traces, in a process of its own: takes OTLP over HTTP and says what has come whenever it is asked.
//   node collector.mjs good|silent|failing|garbage
import { createServer } from 'node:http'
import { helpOut } from './processes.mjs'

const [, , manner] = process.argv
const counts = { requests: 0, bytes: 0, spans: 0 }

const LENGTH_DELIMITED = 2

/** Visits the length-delimited fields of a protobuf message; spans hold no others outside of themselves. */
function readFields(bytes, visit) {
  let at = 0
  const readVarint = () => {
    let value = 0
    let factor = 1
    while (bytes[at] >= 128) {
      value += (bytes[at++] - 128) * factor
      factor *= 128
    }
    return value + bytes[at++] * factor
  }
  while (at < bytes.length) {
    const tag = readVarint()
    if ((tag & 7) !== LENGTH_DELIMITED) throw new Error(`wire type ${tag & 7}`)
    const length = readVarint()
    visit(tag >> 3, bytes.subarray(at, at + length))
    at += length
  }
}

/** ExportTraceServiceRequest.resource_spans.scope_spans.spans */
function countSpans(body) {
  let count = 0
  readFields(body, (_, resourceSpans) =>
    readFields(resourceSpans, (field, scopeSpans) => {
      if (field !== 2) return
      readFields(scopeSpans, (inner) => {
        if (inner === 2) count++
      })
    }),
  )
  return count
}

const answer = {
  good: (response) =>
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(Buffer.alloc(0)),
  silent() {},
  failing: (response) => response.writeHead(500).end('no'),
  garbage: (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u0000\u0001'),
}[manner]

const server = createServer((request, response) => {
  const pieces = []
  request.on('error', () => {})
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    counts.requests++
    counts.bytes += body.length
    counts.spans += countSpans(body)
    answer(response)
  })
})
server.listen(0, '127.0.0.1', () => helpOut(server.address().port, () => counts))
