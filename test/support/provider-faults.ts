// The ways in which a provider breaks a stream that has begun.
import { awsException, type ProviderDialect } from './provider-dialects.ts'
import { chunkOf, type Line, lastChunk } from './raw-provider.ts'

export interface StreamFault {
  readonly name: string
  readonly dialects: readonly ProviderDialect['name'][]
  /** What the client reads of it. */
  readonly message: RegExp
  /** `error.code` in the stream, and the status where nothing has been handed out. */
  readonly code: string
  readonly status: number
  /** Default: the type of the backend's failures. */
  readonly type?: string
  /** The failure is in the provider's own words, which go on as they are. */
  readonly ownWords?: true
  run(line: Line, dialect: ProviderDialect): Promise<unknown>
}

const both = ['OpenAI', 'AWSBedrock'] as const
const brokeOff = /^the provider broke off its answer$/

const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)

/** Cuts between the two bytes of the last `é`. */
function cutInsideCharacter(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).lastIndexOf(Buffer.from('é'))
  return bytes.subarray(0, at + 1)
}

function flipByte(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

export const streamFaults: readonly StreamFault[] = [
  {
    name: 'a reset',
    dialects: both,
    message: brokeOff,
    code: '503',
    status: 503,
    run: async (line) => line.reset(),
  },
  {
    name: 'a FIN between two events',
    dialects: both,
    message: brokeOff,
    code: '503',
    status: 503,
    run: async (line) => line.fin(),
  },
  {
    name: 'a FIN inside an event',
    dialects: both,
    message: brokeOff,
    code: '503',
    status: 503,
    async run(line, dialect) {
      await line.write(chunkOf(half(dialect.content('never seen'))))
      line.fin()
    },
  },
  {
    name: 'a FIN inside a character',
    dialects: both,
    message: brokeOff,
    code: '503',
    status: 503,
    async run(line, dialect) {
      await line.write(chunkOf(cutInsideCharacter(dialect.content('never seen: é'))))
      line.fin()
    },
  },
  {
    name: 'a proper end inside an event',
    dialects: both,
    message: /^the provider ended the stream inside an event$/,
    code: '502',
    status: 502,
    run: (line, dialect) =>
      line.write(
        Buffer.concat([chunkOf(half(dialect.content('never seen'))), Buffer.from(lastChunk)]),
      ),
  },
  {
    name: 'a proper end inside a character',
    dialects: both,
    message: /^the provider ended the stream inside an event$/,
    code: '502',
    status: 502,
    run: (line, dialect) =>
      line.write(
        Buffer.concat([
          chunkOf(cutInsideCharacter(dialect.content('never seen: é'))),
          Buffer.from(lastChunk),
        ]),
      ),
  },
  {
    name: 'a proper end without the last event',
    dialects: both,
    message: /^the provider ended the stream before its last event$/,
    code: '502',
    status: 502,
    run: (line) => line.write(lastChunk),
  },
  {
    name: 'silence',
    dialects: both,
    message: /^stream idle timeout$/,
    code: 'stream_idle_timeout',
    status: 504,
    run: async () => {},
  },
  {
    name: 'garbage in place of a chunk size',
    dialects: both,
    message: /^the answer of the provider breaks the rules of HTTP$/,
    code: '502',
    status: 502,
    run: (line) => line.write('garbage\r\n\r\n'),
  },
  {
    name: 'garbage in place of an event',
    dialects: ['AWSBedrock'],
    message: /^the stream of the provider is corrupt: wrong checksum of a prelude$/,
    code: '502',
    status: 502,
    run: (line) => line.write(chunkOf('<html>Bad Gateway</html>')),
  },
  {
    name: 'garbage in place of an event, and an end',
    dialects: ['OpenAI'],
    message: /^the provider ended the stream inside an event$/,
    code: '502',
    status: 502,
    run: (line) => line.write(`${chunkOf('<html>Bad Gateway</html>')}${lastChunk}`),
  },
  {
    name: 'a wrong checksum of a prelude',
    dialects: ['AWSBedrock'],
    message: /^the stream of the provider is corrupt: wrong checksum of a prelude$/,
    code: '502',
    status: 502,
    run: (line, dialect) => line.write(chunkOf(flipByte(dialect.content('never seen'), 9))),
  },
  {
    name: 'a wrong checksum of an event',
    dialects: ['AWSBedrock'],
    message: /^the stream of the provider is corrupt: wrong checksum of an event$/,
    code: '502',
    status: 502,
    run(line, dialect) {
      const event = dialect.content('never seen')
      return line.write(chunkOf(flipByte(event, event.length - 10)))
    },
  },
  {
    name: 'an exception frame',
    dialects: ['AWSBedrock'],
    message: /^Too many requests, please wait\.$/,
    code: '429',
    status: 429,
    type: 'ThrottlingException',
    run: (line) =>
      line.write(
        Buffer.concat([
          chunkOf(
            awsException('throttlingException', { message: 'Too many requests, please wait.' }),
          ),
          Buffer.from(lastChunk),
        ]),
      ),
  },
  {
    name: "the provider's own error event",
    dialects: ['OpenAI'],
    message: /^The server had an error$/,
    code: 'server_busy',
    status: 500,
    type: 'server_error',
    ownWords: true,
    run: (line) =>
      line.write(
        `${chunkOf('data: {"error":{"message":"The server had an error","type":"server_error","code":"server_busy"}}\n\n')}${lastChunk}`,
      ),
  },
]
