import { describe, expect, it } from 'vitest'
import type { ParsedConfig } from '../../../../src/config/parse.ts'
import { parseConfig } from '../../../../src/config/parse.ts'
import {
  backend,
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  resource,
  route,
  serviceBackend,
  toA,
} from '../support.ts'

const lacking = ['transport', 'listeners', 'access-logs', 'credential-chains'] as const

/** Path and text of each warning that the runtime is the reason for. */
function remarks({ diagnostics }: ParsedConfig): (readonly [path: string, text: string])[] {
  return diagnostics
    .filter(({ code }) => code.startsWith('unsupported.runtime') || code === 'unsupported.file')
    .map(({ path, message, severity }) => {
      expect(severity).toBe('warning')
      return [path, message.replace(`: ${path}: `, ': ')] as const
    })
}

const withBackend = (spec: object, ...more: readonly object[]) =>
  documents(gatewayClass, gateway(), route([toA]), serviceBackend('a'), backend('a', spec), ...more)

const tlsPolicy = (validation: object) =>
  resource('BackendTLSPolicy', 'tls', {
    spec: {
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' }],
      validation,
    },
  })

const fqdn = { endpoints: [{ fqdn: { hostname: 'api.test', port: 443 } }] }
const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const caMap = resource('ConfigMap', 'ca', { data: { 'ca.crt': ca } })
const caRefs = [{ group: '', kind: 'ConfigMap', name: 'ca' }]

/** What a plain fetch cannot do for a Backend, and the reason why its requests fail. */
const transports: readonly (readonly [string, string, string, string])[] = [
  [
    'a Unix socket',
    withBackend({ endpoints: [{ unix: { path: '/run/x.sock' } }] }),
    'spec.endpoints[0].unix',
    'this runtime reaches no Unix sockets',
  ],
  [
    'a CA of its own, by a policy',
    withBackend(fqdn, caMap, tlsPolicy({ hostname: 'api.test', caCertificateRefs: caRefs })),
    'spec.validation.caCertificateRefs',
    'this runtime trusts its own roots alone',
  ],
  [
    'a CA of its own, by the Backend',
    withBackend({ ...fqdn, tls: { caCertificateRefs: caRefs } }, caMap),
    'spec.tls.caCertificateRefs',
    'this runtime trusts its own roots alone',
  ],
  [
    'certificates that nobody verifies',
    withBackend({ ...fqdn, tls: { insecureSkipVerify: true } }),
    'spec.tls.insecureSkipVerify',
    'this runtime verifies every certificate',
  ],
  [
    'a certificate of another name, by a policy',
    withBackend(fqdn, tlsPolicy({ hostname: 'x.test', wellKnownCACertificates: 'System' })),
    'spec.validation.hostname',
    'this runtime asks for the certificate of the name that it connects to, api.test',
  ],
  [
    'a certificate of another name, by the Backend',
    withBackend({
      endpoints: [{ ip: { address: '10.0.0.1', port: 443 } }],
      tls: { sni: 'x.test' },
    }),
    'spec.tls.sni',
    'this runtime asks for the certificate of the name that it connects to, 10.0.0.1',
  ],
]

describe('a runtime that has nothing but its own fetch', () => {
  it.each(transports)(
    'says that %s cannot be had, and that requests fail',
    (_, text, path, why) => {
      const result = load(text, { lacking })
      expect(remarks(result)).toEqual([
        [path, expect.stringMatching(/: this runtime .*; requests to Backend default\/a fail$/)],
      ])
      expect(remarks(result)[0]?.[1]).toContain(`: ${why}; `)
      expect(result.spec?.backends['default/a']?.broken).toBe(why)
    },
  )

  it.each(transports)(
    'is another one than the command, to which %s is nothing special',
    (_, text) => {
      const result = load(text)
      expect(remarks(result)).toEqual([])
      expect(result.spec?.backends['default/a']?.broken).toBeUndefined()
    },
  )

  it('says that no proxy is asked to connect, as the command does', () => {
    const annotations = { 'aigateway.envoyproxy.io/gateway-config': 'config' }
    const text = documents(
      gatewayClass,
      { ...gateway(), metadata: { name: 'gw', annotations } },
      route([toA]),
      serviceBackend('a'),
      backend('a'),
      resource('GatewayConfig', 'config', {
        spec: { forwardProxy: { address: 'proxy.test:3128' } },
      }),
    )
    for (const options of [{ lacking }, {}]) {
      expect(load(text, options).diagnostics).toMatchObject([
        { severity: 'warning', code: 'unsupported.field', path: 'spec.forwardProxy' },
      ])
    }
  })

  it('says so where the setting stands', () => {
    const text = withBackend({}).replace(
      JSON.stringify(backend('a')),
      `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: { name: a }
spec:
  tls:
    insecureSkipVerify: true
  endpoints:
    - fqdn: { hostname: api.test, port: 443 }`,
    )
    const line = text.split('\n').findIndex((one) => one.includes('insecureSkipVerify')) + 1
    const [found] = load(text, { lacking }).diagnostics
    expect(found).toMatchObject({ code: 'unsupported.runtime', line, column: 5 })
  })

  it('has nothing to say about TLS with its own roots and the name of the address', () => {
    for (const policy of [
      withBackend(fqdn, tlsPolicy({ hostname: 'api.test', wellKnownCACertificates: 'System' })),
      withBackend({ ...fqdn, tls: { wellKnownCACertificates: 'System' } }),
    ]) {
      const result = load(policy, { lacking })
      expect(result.diagnostics).toEqual([])
      expect(result.spec?.backends['default/a']?.broken).toBeUndefined()
    }
  })

  it('sends the name that it connects to, so that signatures are over that', () => {
    const result = load(
      withBackend({
        endpoints: [{ fqdn: { hostname: 'api.test', port: 80 }, hostname: 'other.test' }],
      }),
      { lacking },
    )
    expect(remarks(result)).toEqual([
      [
        'spec.endpoints[0].hostname',
        'Backend default/a: this runtime sends the name that it connects to, api.test, as Host',
      ],
    ])
    expect(result.spec?.backends['default/a']?.endpoints).toEqual([
      { kind: 'fqdn', host: 'api.test', port: 80 },
    ])
    expect(result.spec?.backends['default/a']?.broken).toBeUndefined()
  })
})

const toGateway = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }]

describe('settings that do nothing on such a runtime', () => {
  const listeners = [
    { name: 'one', protocol: 'HTTP', port: 80 },
    { name: 'two', protocol: 'HTTP', port: 81 },
    { name: 'three', protocol: 'HTTP', port: 80, hostname: 'x.test' },
  ]
  const proxyRef = { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'proxy' }
  const text = documents(
    gatewayClass,
    gateway({ listeners, infrastructure: { parametersRef: proxyRef } }),
    route([toA]),
    backend('a'),
    serviceBackend('a'),
    resource('ClientTrafficPolicy', 'client', {
      spec: {
        targetRefs: toGateway,
        timeout: {
          http: { requestReceivedTimeout: '5s', idleTimeout: '5s', streamIdleTimeout: '9s' },
        },
      },
    }),
    resource('BackendTrafficPolicy', 'traffic', {
      spec: { targetRefs: toGateway, timeout: { tcp: { connectTimeout: '2s' } } },
    }),
    resource('EnvoyProxy', 'proxy', {
      spec: {
        telemetry: {
          accessLog: { settings: [{ sinks: [{ type: 'File', file: { path: '/dev/stdout' } }] }] },
        },
      },
    }),
  )

  it('are warnings at their places', () => {
    const result = load(text, { lacking })
    expect(remarks(result).map(([path]) => path)).toEqual([
      'spec.listeners[1].port',
      'spec.timeout.http.requestReceivedTimeout',
      'spec.timeout.http.idleTimeout',
      'spec.timeout.tcp.connectTimeout',
      'spec.telemetry.accessLog.settings',
    ])
    expect(result.spec).toBeDefined()
  })

  it('are none where a program hands in what does them', () => {
    expect(remarks(load(text, { lacking: ['access-logs'] }))).toHaveLength(1)
    expect(remarks(load(text))).toEqual([])
  })
})

describe('credentials on such a runtime', () => {
  const target = [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }]
  const policy = (type: string, spec: object) =>
    complete(
      route([toA]),
      resource('BackendSecurityPolicy', 'p', { spec: { targetRefs: target, type, ...spec } }),
    )
  const aws = policy('AWSCredentials', { awsCredentials: { region: 'eu-west-1' } })
  const gcp = policy('GCPCredentials', { gcpCredentials: { projectName: 'p', region: 'us' } })

  it.each([
    [aws, 'awsCredentials', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }],
    [gcp, 'gcpCredentials', { GOOGLE_APPLICATION_CREDENTIALS_JSON: '{}' }],
  ])('of a default chain come from variables, or it is said which %#', (text, field, env) => {
    expect(remarks(load(text, { lacking, env }))).toEqual([])
    const missing = `set ${Object.keys(env).join(' and ')}`
    const result = load(text, { lacking })
    expect(remarks(result)).toEqual([[`spec.${field}`, expect.stringContaining(missing)]])
    expect(result.spec?.backends['default/a']?.auth).toMatchObject({ missing })
    expect(remarks(load(text))).toEqual([])
  })

  it('that always come with the request are not missed', () => {
    const fromRequestHeaders = { fallbackToConfigured: false }
    const text = policy('AWSCredentials', {
      awsCredentials: { region: 'eu-west-1' },
      credentialOverride: { fromRequestHeaders },
    })
    expect(remarks(load(text, { lacking }))).toEqual([])
  })

  it('in files cannot be had, and nobody is told to add the file', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', annotations: { 'substitution.aigw.run/file/apiKey': '~/key' } },
      stringData: { apiKey: 'NOT_A_REAL_KEY' },
    }
    const text = `${policy('APIKey', { apiKey: { secretRef: { name: 's' } } })}\n---\n${JSON.stringify(secret)}`
    const result = parseConfig({ file: 'a.yaml', text, env: {} })
    expect(remarks(result)).toEqual([
      [
        'metadata.annotations["substitution.aigw.run/file/apiKey"]',
        expect.stringContaining('file ~/key cannot be read on this runtime'),
      ],
    ])
    expect(result.spec?.backends['default/a']?.auth).toMatchObject({
      missing: 'put a value at apiKey of Secret default/s',
    })
  })
})
