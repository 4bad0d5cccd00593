import { describe, expect, it } from 'vitest'
import { readAttributes, readHeaderAttributes } from '../../../src/observe/header-attributes.ts'

const names = (env: Record<string, string>) => {
  const { span, metrics, log } = readHeaderAttributes(env)
  const write = (list: typeof span) => list.map((one) => `${one.header}→${one.attribute}`).join(' ')
  return { span: write(span), metrics: write(metrics), log: write(log) }
}
const session = 'agent-session-id→session.id'
const base = { OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: 'x-tenant-id:tenant.id' }

describe('request headers as attributes', () => {
  it('are the session on spans and access lines where nothing is said, and none on metrics', () => {
    expect(names({})).toEqual({ span: session, metrics: '', log: session })
  })

  it('take the base for every signal', () => {
    expect(names(base)).toEqual({
      span: `x-tenant-id→tenant.id ${session}`,
      metrics: 'x-tenant-id→tenant.id',
      log: `x-tenant-id→tenant.id ${session}`,
    })
  })

  it('lose their default to a variable that is set to nothing, but keep the base', () => {
    const env = {
      ...base,
      OTEL_AIGW_SPAN_REQUEST_HEADER_ATTRIBUTES: '',
      OTEL_AIGW_LOG_REQUEST_HEADER_ATTRIBUTES: '',
    }
    const tenant = 'x-tenant-id→tenant.id'
    expect(names(env)).toEqual({ span: tenant, metrics: tenant, log: tenant })
  })

  it('of one signal win over the base, split at the first colon, and are trimmed', () => {
    const env = {
      OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: ' X-Tenant : tenant , x-b:b',
      OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES: 'x-tenant:urn:tenant',
    }
    expect(names(env).metrics).toBe('x-b→b x-tenant→urn:tenant')
    expect(names(env).span).toBe(`x-tenant→tenant x-b→b ${session}`)
  })

  it.each(['invalid', 'a:b,,c:d', 'a:b,', ':b', 'a:', 'a: '])('refuse %j', (raw) => {
    expect(() => names({ OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: raw })).toThrow(
      `invalid request header attributes: ${raw}`,
    )
    expect(() => names({ OTEL_AIGW_LOG_REQUEST_HEADER_ATTRIBUTES: raw })).toThrow(
      `invalid log request header attributes: ${raw}`,
    )
  })

  it.each(['Authorization', 'cookie', 'x-api-key', 'x-goog-api-key', 'my-token', 'x-aigw-key'])(
    'are never the credential in %s',
    (header) => {
      const env = { OTEL_AIGW_SPAN_REQUEST_HEADER_ATTRIBUTES: `${header}:secret` }
      expect(() => names(env)).toThrow(/holds a credential/)
    },
  )

  it('are there when the header is there, be it empty', () => {
    const { metrics } = readHeaderAttributes({
      OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES: 'x-a:a,x-b:b,x-c:c',
    })
    const headers = new Headers({ 'x-a': '1', 'x-b': '' })
    expect(readAttributes(metrics, headers)).toEqual({ a: '1', b: '' })
  })
})
