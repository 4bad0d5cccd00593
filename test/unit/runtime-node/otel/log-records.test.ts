// Access lines on their way to a collector that a configuration names, by TLS.
import { afterEach, describe, expect, it } from 'vitest'
import { openRecordSender, type RecordSender } from '../../../../runtime-node/otel/logs.ts'
import type { TlsSpec } from '../../../../src/config/config.ts'
import { hasOpenssl, makeCertificates } from '../../../support/certificates.ts'
import {
  type OtlpReceiver,
  startGrpcReceiver,
  startOtlpReceiver,
} from '../../../support/otlp-receiver.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

type Protocol = 'http/protobuf' | 'grpc'

async function setUp(protocol: Protocol, identity: { cert: string; key: string }) {
  const collector: OtlpReceiver =
    protocol === 'grpc'
      ? await startGrpcReceiver(identity)
      : await startOtlpReceiver('good', identity)
  open.push(collector.close)
  const send = async (tls: TlsSpec): Promise<RecordSender> => {
    const sender = await openRecordSender({
      protocol,
      resource: { 'service.name': 'mine' },
      target: { origin: collector.url, headers: { 'x-tenant': 'a' }, tls },
    })
    sender.send({ body: 'a line', fields: { code: 200 }, time: Date.now() })
    return sender
  }
  return { collector, send }
}

describe.runIf(hasOpenssl)('records for a collector with TLS', () => {
  const certificates = hasOpenssl
    ? makeCertificates('collector.test')
    : { ca: '', cert: '', key: '' }

  it.each(['http/protobuf', 'grpc'] as const)('arrive by %s, with headers', async (protocol) => {
    const { collector, send } = await setUp(protocol, certificates)
    const sender = await send({ ca: certificates.ca, hostname: 'collector.test' })
    await sender.shutdown()
    const [first] = collector.received
    expect(first?.headers['x-tenant']).toBe('a')
    expect(first?.body.includes('a line')).toBe(true)
  })

  it.each([
    ['http/protobuf', { hostname: 'collector.test' }],
    ['http/protobuf', { ca: certificates.ca, hostname: 'other.test' }],
    ['grpc', { ca: certificates.ca, hostname: 'other.test' }],
  ] as const)('do not go by %s to a stranger: %j', async (protocol, tls) => {
    const { collector, send } = await setUp(protocol, certificates)
    const sender = await send(tls)
    await sender.shutdown().catch(() => {})
    expect(collector.received).toEqual([])
  })
})
