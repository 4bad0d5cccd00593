import { describe, expect, it } from 'vitest'
import {
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  resource,
  said,
} from '../support.ts'

const http = { name: 'http', protocol: 'HTTP', port: 1975 }

function withGateways(...gateways: object[]) {
  return load(documents(gatewayClass, ...gateways))
}

describe('Gateway', () => {
  it('is what a configuration cannot do without', () => {
    const result = load(documents(gatewayClass))
    expect(result.spec).toBeUndefined()
    expect(said(result)).toEqual(['1:1 error ref.gateway: no Gateway resource found in a.yaml'])
    expect(messages(load(''))).toEqual(['no Gateway resource found in a.yaml'])
  })

  it.each([[], undefined])('must have listeners: %j', (listeners) => {
    const result = withGateways(gateway({ listeners }))
    expect(messages(result, 'error')).toEqual([
      'Gateway default/gw: spec.listeners: gateway gw has no listeners configured',
    ])
  })

  it('becomes listeners with 50 MiB for a body', () => {
    const listeners = [http, { ...http, name: 'b', port: 1976, hostname: 'A.com' }]
    expect(withGateways(gateway({ listeners })).spec?.listeners).toEqual([
      { name: 'http', port: 1975, client: { maxRequestBytes: 52_428_800 } },
      { name: 'b', port: 1976, hostname: 'a.com', client: { maxRequestBytes: 52_428_800 } },
    ])
  })

  it('may share a port between host names, not without', () => {
    const named = [
      { ...http, hostname: 'a.com' },
      { ...http, name: 'b', hostname: 'b.com' },
    ]
    expect(withGateways(gateway({ listeners: named })).spec?.listeners).toHaveLength(2)
    expect(messages(withGateways(gateway({ listeners: [http, { ...http, name: 'b' }] })))).toEqual([
      'Gateway default/gw: spec.listeners: Combination of port, protocol and hostname must be unique for each listener',
    ])
    const same = [http, { ...http, port: 2 }]
    expect(messages(withGateways(gateway({ listeners: same })))).toEqual([
      'Gateway default/gw: spec.listeners: Listener name must be unique within the Gateway',
    ])
  })

  it('may be two with different ports, not with the same', () => {
    const other = (port: number) => gateway({ listeners: [{ ...http, port }] }, 'second')
    expect(withGateways(gateway(), other(1976)).spec?.listeners.map(({ port }) => port)).toEqual([
      1975, 1976,
    ])
    const clash = withGateways(gateway(), other(1975))
    expect(clash.spec).toBeUndefined()
    expect(messages(clash)).toEqual([
      'Gateway default/second: spec.listeners: multiple gateways are not supported: gw',
    ])
  })

  it.each(['TLS', 'TCP', 'UDP'])('cannot serve protocol %s', (protocol) => {
    const result = withGateways(
      gateway({ listeners: [http, { ...http, name: 'x', port: 2, protocol }] }),
    )
    expect(messages(result)).toEqual([
      `Gateway default/gw: spec.listeners[1].protocol: Unsupported value: "${protocol}": supported values: "HTTP", "HTTPS"`,
    ])
  })

  it('does not serve HTTPS yet', () => {
    const https = { name: 'x', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [] } }
    const result = withGateways(gateway({ listeners: [http, https] }))
    expect(result.spec?.listeners.map(({ name }) => name)).toEqual(['http'])
    expect(result.diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.listener', path: 'spec.listeners[1].protocol' },
    ])
    expect(messages(withGateways(gateway({ listeners: [https] })), 'error')).toEqual([
      'Gateway default/gw: spec.listeners: gateway gw has no HTTP listeners configured',
    ])
  })

  it('is served without its class, with a warning', () => {
    const result = withGateways(gateway({ gatewayClassName: 'clas' }))
    expect(result.spec?.listeners).toHaveLength(1)
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'ref.missing',
        path: 'spec.gatewayClassName',
        hint: 'did you mean class?',
      },
    ])
  })

  it('says which of its fields have no effect', () => {
    const { diagnostics } = withGateways(
      gateway({ addresses: [], infrastructure: { labels: {}, annotations: {} } }),
    )
    expect(diagnostics.map(({ severity, path }) => `${severity} ${path}`).sort()).toEqual([
      'info spec.infrastructure.annotations',
      'info spec.infrastructure.labels',
      'warning spec.addresses',
    ])
  })
})

describe('ClientTrafficPolicy', () => {
  const target = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }
  const policy = (spec: object, name = 'p') => resource('ClientTrafficPolicy', name, { spec })

  it('says how much a client may send and how long it may take', () => {
    const result = load(
      complete(
        policy({
          targetRef: target,
          connection: { bufferLimit: '32Ki' },
          timeout: {
            http: { requestReceivedTimeout: '10s', idleTimeout: '1h', streamIdleTimeout: '0s' },
          },
          healthCheck: { path: '/ok' },
        }),
      ),
    )
    expect(said(result)).toEqual([])
    expect(result.spec?.listeners[0]?.client).toEqual({
      maxRequestBytes: 32_768,
      requestReceivedTimeoutMs: 10_000,
      idleTimeoutMs: 3_600_000,
      healthPath: '/ok',
    })
  })

  it.each([
    ['RejectRequest', {}],
    ['Allow', { underscores: 'Allow' }],
    ['DropHeader', { underscores: 'DropHeader' }],
  ])(
    'says what becomes of header names with underscores: %s',
    (withUnderscoresAction, expected) => {
      const result = load(
        complete(policy({ targetRef: target, headers: { withUnderscoresAction } })),
      )
      expect(said(result)).toEqual([])
      const client = { maxRequestBytes: 52_428_800, ...expected }
      expect(result.spec?.listeners[0]?.client).toEqual(client)
    },
  )

  it('of a listener comes before that of its Gateway, as a whole', () => {
    const result = load(
      complete(
        policy({
          targetRefs: [target],
          connection: { bufferLimit: '1Ki' },
          healthCheck: { path: '/' },
        }),
        policy({ targetRefs: [{ ...target, sectionName: 'http' }], connection: {} }, 'q'),
      ),
    )
    expect(result.spec?.listeners[0]?.client).toEqual({ maxRequestBytes: 52_428_800 })
  })

  it('is the first of two on one target', () => {
    const result = load(
      complete(
        policy({ targetRefs: [target], connection: { bufferLimit: '1Ki' } }),
        policy({ targetRefs: [target], connection: { bufferLimit: '2Ki' } }, 'q'),
      ),
    )
    expect(result.spec?.listeners[0]?.client.maxRequestBytes).toBe(1024)
    expect(messages(result)).toEqual([
      'ClientTrafficPolicy default/q: spec.targetRefs[0]: ClientTrafficPolicy default/p already applies to this target; this one has no effect on it',
    ])
  })

  it.each([
    [{}, 'spec: either targetRef or targetRefs must be used'],
    [
      { targetRef: target, targetRefs: [target] },
      'spec: either targetRef or targetRefs must be used',
    ],
    [
      { targetRef: target, connection: { bufferLimit: '50MB' } },
      'spec.connection.bufferLimit: Invalid value: "50MB": must be a quantity above zero such as 50Mi, 32Ki or 1048576',
    ],
    [
      { targetRef: target, connection: { bufferLimit: 0 } },
      'spec.connection.bufferLimit: Invalid value: 0: must be a quantity above zero such as 50Mi, 32Ki or 1048576',
    ],
    [
      { targetRef: target, connection: { bufferLimit: true } },
      'spec.connection.bufferLimit: Invalid value: true: must be a quantity such as 50Mi or a number of bytes',
    ],
    [
      { targetRef: target, headers: { withUnderscoresAction: 'Drop' } },
      'spec.headers.withUnderscoresAction: Unsupported value: "Drop": supported values: "RejectRequest", "Allow", "DropHeader"',
    ],
  ])('refuses %j', (spec, text) => {
    expect(messages(load(complete(policy(spec))), 'error')).toEqual([
      `ClientTrafficPolicy default/p: ${text}`,
    ])
  })

  it.each([
    [{ ...target, kind: 'HTTPRoute' }, 'ignored.target', 'spec.targetRefs[0].kind'],
    [{ ...target, name: 'gx' }, 'ref.missing', 'spec.targetRefs[0].name'],
    [{ ...target, sectionName: 'htp' }, 'ref.missing-section', 'spec.targetRefs[0].sectionName'],
  ])('warns of the target %j', (one, code, path) => {
    const result = load(complete(policy({ targetRefs: [one], connection: { bufferLimit: '1Ki' } })))
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code, path }])
    expect(result.spec?.listeners[0]?.client.maxRequestBytes).toBe(52_428_800)
  })

  it.each([
    ['clientIPDetection', { clientIPDetection: {} }],
    ['headers.requestID', { headers: { requestID: 'Preserve', withUnderscoresAction: 'Allow' } }],
    ['headers.earlyRequestHeaders', { headers: { earlyRequestHeaders: {} } }],
    ['path', { path: {} }],
    ['tls', { tls: {} }],
    ['http1', { http1: {} }],
    ['http2', { http2: {} }],
    ['enableProxyProtocol', { enableProxyProtocol: true }],
  ])('warns of %s, which has no effect yet', (path, spec) => {
    const { diagnostics } = load(complete(policy({ targetRefs: [target], ...spec })))
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.field', path: `spec.${path}` },
    ])
  })
})

describe('EnvoyProxy', () => {
  const proxy = (spec: object | undefined, name = 'proxy') => resource('EnvoyProxy', name, { spec })
  const parametersRef = { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'proxy' }
  const named = gateway({ infrastructure: { parametersRef } })
  const levelOf = (...resources: object[]) => load(documents(...resources)).spec?.logLevel

  it.each([
    ['trace', 'debug'],
    ['debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
  ])('with log level %s makes ours %s', (level, ours) => {
    const spec = { logging: { level: { default: level, router: 'trace' } } }
    expect(levelOf(gatewayClass, named, proxy(spec))).toBe(ours)
  })

  it('counts when the Gateway or its class names it, the Gateway first', () => {
    const spec = (level: string) => ({ logging: { level: { default: level } } })
    const classWith = resource('GatewayClass', 'class', {
      spec: { controllerName: 'x', parametersRef: { ...parametersRef, name: 'of-class' } },
    })
    const proxies = [proxy(spec('info')), proxy(spec('debug'), 'of-class')]
    expect(levelOf(classWith, gateway(), ...proxies)).toBe('debug')
    expect(levelOf(classWith, named, ...proxies)).toBe('info')
    expect(levelOf(gatewayClass, gateway(), ...proxies)).toBeUndefined()
  })

  it('that is not there is warned of', () => {
    expect(load(documents(gatewayClass, named)).diagnostics).toMatchObject([
      { severity: 'warning', code: 'ref.missing', path: 'spec.infrastructure.parametersRef.name' },
    ])
  })

  it('may be empty, and keeps silent about what every example has', () => {
    const spec = {
      bootstrap: { type: 'Merge', value: 'x' },
      provider: {},
      telemetry: { accessLog: { settings: [{ sinks: [{ type: 'File' }] }] } },
    }
    expect(said(load(documents(gatewayClass, named, proxy(spec))))).toEqual([])
    expect(said(load(documents(gatewayClass, named, proxy(undefined))))).toEqual([])
  })

  it('says what has no effect', () => {
    const spec = {
      preserveRouteOrder: true,
      concurrency: 2,
      telemetry: { tracing: {}, metrics: {} },
    }
    const { diagnostics } = load(documents(gatewayClass, named, proxy(spec)))
    expect(
      diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`).sort(),
    ).toEqual([
      'info ignored.field spec.telemetry.metrics',
      'info ignored.field spec.telemetry.tracing',
      'warning ignored.field spec.concurrency',
      'warning unsupported.field spec.preserveRouteOrder',
    ])
  })
})
