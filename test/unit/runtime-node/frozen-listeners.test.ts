import { describe, expect, it } from 'vitest'
import { describeFrozen } from '../../../runtime-node/frozen-listeners.ts'

const client = { maxRequestBytes: 1 }
const http = { name: 'http', port: 1, client }

describe('what waits for a restart', () => {
  it('is another port, and that the old one stays', () => {
    expect(describeFrozen([http], [{ ...http, port: 2 }])).toEqual([
      'listener http: port 2 is served after a restart',
      'listener http: port 1 stays open until a restart',
    ])
  })

  it('is what was read when the port was bound', () => {
    const next = { ...http, client: { ...client, healthPath: '/up' } }
    expect(describeFrozen([http], [next])).toEqual([
      'listener http: healthPath changes with a restart',
    ])
  })

  it('is nothing else', () => {
    const next = {
      ...http,
      name: 'web',
      hostname: 'a.com',
      client: { maxRequestBytes: 2, streamIdleTimeoutMs: 5 },
    }
    expect(describeFrozen([http], [next])).toEqual([])
  })
})
