import { describe, expect, it } from 'vitest'
import { backend, complete, load, messages, resource, said, serviceBackend } from '../support.ts'

const at = 'Backend default/b: '

function withSpec(spec: object, ...more: object[]) {
  return load(complete(backend('b', spec), serviceBackend('b'), ...more))
}

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

describe('Backend', () => {
  it.each([
    [
      { fqdn: { hostname: 'API.Example.com', port: 80 } },
      { kind: 'fqdn', host: 'api.example.com', port: 80 },
    ],
    [{ fqdn: { hostname: 'localhost', port: 80 } }, { kind: 'fqdn', host: 'localhost', port: 80 }],
    [{ ip: { address: '10.0.0.1', port: 1 } }, { kind: 'ip', host: '10.0.0.1', port: 1 }],
    [{ ip: { address: '2001:db8::1', port: 1 } }, { kind: 'ip', host: '2001:db8::1', port: 1 }],
    [{ ip: { address: '0.0.0.0', port: 11434 } }, { kind: 'ip', host: '127.0.0.1', port: 11434 }],
    [{ ip: { address: '::', port: 11434 } }, { kind: 'ip', host: '::1', port: 11434 }],
    [{ unix: { path: '/run/x.sock' } }, { kind: 'unix', host: '/run/x.sock', port: 0 }],
    [
      { ip: { address: '10.0.0.1', port: 1 }, hostname: 'a.b' },
      { kind: 'ip', host: '10.0.0.1', port: 1, hostname: 'a.b' },
    ],
  ])('makes of %j %j', (endpoint, compiled) => {
    const result = withSpec({ endpoints: [endpoint] })
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/b']?.endpoints).toEqual([compiled])
  })

  const ip = { ip: { address: '10.0.0.1', port: 1 } }
  const fqdn = { fqdn: { hostname: 'a', port: 1 } }

  it.each([
    [
      { endpoints: [ip, fqdn] },
      'spec.endpoints: fqdn addresses cannot be mixed with other address types',
    ],
    [{ endpoints: [{}] }, 'spec.endpoints[0]: one of fqdn, ip or unix must be specified'],
    [
      { endpoints: [{ ...ip, ...fqdn }] },
      'spec.endpoints[0]: only one of fqdn, ip or unix can be specified',
    ],
    [
      { endpoints: [{ ip: { address: '1', port: 1 } }] },
      'spec.endpoints[0].ip.address: Invalid value: "1": must be an IP address',
    ],
    [
      { endpoints: [{ unix: { path: 'x'.repeat(109) } }] },
      'spec.endpoints[0].unix.path: Too long: may not be more than 108 bytes',
    ],
    [
      {
        endpoints: [ip],
        tls: { wellKnownCACertificates: 'System', caCertificateRefs: [{ name: 'x' }] },
      },
      'spec.tls: must not contain both CACertificateRefs and WellKnownCACertificates',
    ],
  ])('refuses %j', (spec, message) => {
    expect(messages(withSpec(spec), 'error')).toEqual([at + message])
  })

  it('is called without TLS on port 443 unless a policy says otherwise, with a warning', () => {
    const result = withSpec({ endpoints: [{ fqdn: { hostname: 'a.b', port: 443 } }] })
    expect(result.spec?.backends['default/b']).not.toHaveProperty('tls')
    expect(messages(result, 'warning')).toEqual([
      `${at}spec.endpoints[0].fqdn.port: Backend b uses port 443 without BackendTLSPolicy: it is called without TLS`,
    ])
  })

  it('is refused as a resolver of whatever host a request names', () => {
    const result = withSpec({ type: 'DynamicResolver', endpoints: undefined })
    expect(result.spec?.backends['default/b']).toMatchObject({
      endpoints: [],
      broken: 'a Backend of type DynamicResolver is not supported',
    })
    expect(result.diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.resolver' },
    ])
  })

  it('may bring TLS of its own', () => {
    const result = withSpec({ endpoints: [ip], tls: { sni: 'a.b', insecureSkipVerify: true } })
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/b']?.tls).toEqual({
      hostname: 'a.b',
      insecureSkipVerify: true,
    })
    const plain = withSpec({ endpoints: [ip], tls: { wellKnownCACertificates: 'System' } })
    expect(plain.spec?.backends['default/b']?.tls).toEqual({})
  })

  it('reads its CA certificates', () => {
    const refs = [
      { kind: 'ConfigMap', group: '', name: 'ca' },
      { kind: 'Secret', group: '', name: 'ca' },
    ]
    const result = withSpec(
      { endpoints: [ip], tls: { caCertificateRefs: refs } },
      resource('ConfigMap', 'ca', { data: { 'ca.crt': pem } }),
      resource('Secret', 'ca', { data: { 'ca.crt': btoa(pem) } }),
    )
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/b']?.tls).toEqual({ ca: pem + pem })
  })

  it.each(['clientCertificateRef', 'minVersion', 'maxVersion', 'ciphers', 'alpnProtocols'])(
    'warns of tls.%s, which has no effect yet',
    (field) => {
      const { diagnostics } = withSpec({ endpoints: [ip], tls: { [field]: 'x' } })
      expect(diagnostics).toMatchObject([
        { severity: 'warning', code: 'unsupported.field', path: `spec.tls.${field}` },
      ])
    },
  )

  it('warns of fallback and appProtocols, and notes a zone', () => {
    const { diagnostics } = withSpec({
      endpoints: [{ ...ip, zone: 'z' }],
      fallback: true,
      appProtocols: [],
    })
    expect(
      diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`).sort(),
    ).toEqual([
      'info ignored.field spec.endpoints[0].zone',
      'warning ignored.field spec.appProtocols',
      'warning unsupported.field spec.fallback',
    ])
  })
})

describe('BackendTLSPolicy', () => {
  const target = { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'b' }
  const policy = (validation: object, name = 'tls', targets: object[] = [target]) =>
    resource('BackendTLSPolicy', name, { spec: { targetRefs: targets, validation } })
  const system = { hostname: 'a.b', wellKnownCACertificates: 'System' }
  const far = { endpoints: [{ fqdn: { hostname: 'a.b', port: 443 } }] }

  it('turns TLS on, with the system roots', () => {
    const result = withSpec(far, policy(system))
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/b']?.tls).toEqual({ hostname: 'a.b' })
  })

  it('reads its CA certificates', () => {
    const refs = [{ kind: 'ConfigMap', group: '', name: 'ca' }]
    const map = resource('ConfigMap', 'ca', { data: { 'ca.crt': pem } })
    const result = withSpec(far, policy({ hostname: 'x', caCertificateRefs: refs }), map)
    expect(result.spec?.backends['default/b']?.tls).toEqual({ hostname: 'x', ca: pem })
  })

  it.each([
    [undefined, 'there is no ConfigMap default/ca'],
    [{ other: pem }, 'ConfigMap default/ca has no key ca.crt'],
    [{ 'ca.crt': 'junk' }, 'ConfigMap default/ca has no certificate at key ca.crt'],
  ])('is an error when its certificate is not there: %j', (data, text) => {
    const refs = [{ kind: 'ConfigMap', group: '', name: 'ca' }]
    const maps = data === undefined ? [] : [resource('ConfigMap', 'ca', { data })]
    const result = withSpec(far, policy({ hostname: 'x', caCertificateRefs: refs }), ...maps)
    expect(messages(result, 'error')).toEqual([
      `BackendTLSPolicy default/tls: spec.validation.caCertificateRefs[0].name: ${text}`,
    ])
  })

  it.each([
    [
      { hostname: 'x' },
      'spec.validation: must specify either CACertificateRefs or WellKnownCACertificates',
    ],
    [
      { ...system, caCertificateRefs: [{ name: 'x' }] },
      'spec.validation: must not contain both CACertificateRefs and WellKnownCACertificates',
    ],
    [{ wellKnownCACertificates: 'System' }, 'spec.validation.hostname: Required value'],
    [
      { hostname: 'x', wellKnownCACertificates: 'Mine' },
      'spec.validation.wellKnownCACertificates: Unsupported value: "Mine": supported values: "System"',
    ],
  ])('refuses %j', (validation, text) => {
    expect(messages(withSpec(far, policy(validation)), 'error')).toEqual([
      `BackendTLSPolicy default/tls: ${text}`,
    ])
  })

  it('applies only once to a Backend: the first one', () => {
    const result = withSpec(far, policy(system), policy({ ...system, hostname: 'c.d' }, 'second'))
    expect(result.spec?.backends['default/b']?.tls).toEqual({ hostname: 'a.b' })
    expect(messages(result)).toEqual([
      'BackendTLSPolicy default/second: spec.targetRefs[0]: BackendTLSPolicy default/tls already applies to Backend default/b; this one has no effect on it',
    ])
  })

  it('wins over the TLS of the Backend itself', () => {
    const tls = { sni: 'other', insecureSkipVerify: true }
    const result = withSpec({ ...far, tls }, policy(system))
    expect(result.spec?.backends['default/b']?.tls).toEqual({ hostname: 'a.b' })
    expect(messages(result)).toEqual([
      `${at}spec.tls.insecureSkipVerify: has no effect: BackendTLSPolicy default/tls asks for verification`,
    ])
  })

  it('must name a Backend that is there: nothing is called without the TLS it asks for', () => {
    const targets = [
      { ...target, name: 'bb' },
      { kind: 'Backend', name: 'b' },
      { ...target, kind: 'Backen' },
      { group: '', kind: 'Service', name: 'b' },
    ]
    const result = withSpec({}, policy(system, 'tls', targets))
    expect(result.spec).toBeUndefined()
    expect(result.diagnostics).toMatchObject([
      { severity: 'error', code: 'ref.missing', hint: 'did you mean b?' },
      {
        severity: 'error',
        code: 'ignored.target',
        path: 'spec.targetRefs[1]',
        hint: 'write group: gateway.envoyproxy.io',
      },
      {
        severity: 'error',
        code: 'ignored.target',
        path: 'spec.targetRefs[2]',
        hint: 'did you mean Backend?',
      },
      { severity: 'warning', code: 'ignored.target', path: 'spec.targetRefs[3]' },
    ])
  })

  it('warns of subjectAltNames and options', () => {
    const { diagnostics } = withSpec(far, policy({ ...system, subjectAltNames: [] }))
    expect(diagnostics).toMatchObject([
      { code: 'unsupported.field', path: 'spec.validation.subjectAltNames' },
    ])
  })
})
