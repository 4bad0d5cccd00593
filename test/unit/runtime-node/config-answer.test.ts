import { describe, expect, it } from 'vitest'
import { answerConfig, describeRefusal } from '../../../runtime-node/config-answer.ts'
import type { ConfigStatus, LiveConfig } from '../../../runtime-node/reload.ts'
import { complete, resource } from '../config/support.ts'

const text = complete(resource('Secret', 's', { stringData: { k: 'planted-value' } }))
const sources = [{ file: 'a.yaml', text, env: {} }]

function live(refused?: ConfigStatus['refused']): LiveConfig {
  const loaded: ConfigStatus['loaded'] = {
    origin: { kind: 'file', path: '/x/a.yaml' },
    sources,
    annotated: new Map(),
    reread: () => loaded,
    spec: undefined,
    diagnostics: [],
    files: [],
    content: [],
  }
  const status: ConfigStatus = {
    version: '0123456789ab',
    loadedAt: new Date(0),
    loaded,
    ...(refused === undefined ? {} : { refused }),
  }
  return { status: () => status, close() {} }
}

describe('GET /config', () => {
  it('shows the configuration in use without credentials', () => {
    const { status, body, contentType } = answerConfig({ isLocal: true }, live())
    expect([status, contentType]).toEqual([200, 'application/json'])
    const { resources, ...rest } = JSON.parse(body)
    expect(rest).toEqual({
      version: '0123456789ab',
      loadedAt: '1970-01-01T00:00:00.000Z',
      source: '/x/a.yaml',
      diagnostics: [],
    })
    expect(resources.map(({ kind }: { kind: string }) => kind)).toContain('Secret')
    expect(body).not.toContain('planted-value')
  })

  it('is for this machine alone', () => {
    expect(answerConfig({ isLocal: false }, live())).toEqual({
      status: 403,
      body: 'only from this machine\n',
    })
  })

  it('says when there is none yet', () => {
    expect(answerConfig({ isLocal: true }, undefined).status).toBe(503)
  })
})

describe('a refused configuration', () => {
  it('is remarked with time and reason, and nothing is without one', () => {
    expect(describeRefusal(live({ at: new Date(0), reason: '2 errors' }))).toBe(
      'configuration not reloaded at 1970-01-01T00:00:00.000Z: 2 errors',
    )
    expect([describeRefusal(live()), describeRefusal(undefined)]).toEqual([undefined, undefined])
  })
})
