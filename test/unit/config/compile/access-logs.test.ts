import { expect, it } from 'vitest'
import { documents, load, messages, resource } from '../support.ts'

const configured = (accessLog: object) =>
  load(
    documents(
      resource('GatewayClass', 'aigw', { spec: { controllerName: 'x/y' } }),
      resource('Gateway', 'aigw', {
        spec: {
          gatewayClassName: 'aigw',
          listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }],
          infrastructure: {
            parametersRef: { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'logs' },
          },
        },
      }),
      resource('EnvoyProxy', 'logs', { spec: { telemetry: { accessLog } } }),
      resource('Backend', 'collector', {
        spec: { endpoints: [{ fqdn: { hostname: 'collector.example', port: 4318 } }] },
      }),
    ),
  )
const file = { type: 'File', file: { path: '/dev/stdout' } }

it('says nothing where the resource says nothing, and wants none where it is disabled', () => {
  expect(configured({}).spec?.accessLogs).toBeUndefined()
  expect(configured({ disable: true }).spec?.accessLogs).toEqual([])
})

it('takes conditions, formats and files', () => {
  const { spec } = configured({
    settings: [
      {
        matches: ["request.headers['a'] != ''"],
        format: { type: 'JSON', json: { b: '%DURATION%' } },
        sinks: [file],
      },
      { format: { type: 'Text', text: 'x\n' }, sinks: [file] },
      { type: 'Route', sinks: [file] },
    ],
  })
  const sinks = [{ kind: 'file', path: '/dev/stdout' }]
  expect(spec?.accessLogs).toEqual([
    {
      matches: ["request.headers['a'] != ''"],
      format: { kind: 'json', fields: { b: '%DURATION%' } },
      sinks,
    },
    { matches: [], format: { kind: 'text', text: 'x\n' }, sinks },
    { matches: [], format: { kind: 'text' }, sinks },
  ])
})

it('asks a collector by TLS where its Backend is asked so', () => {
  const ref = { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'safe' }
  const { spec } = load(
    documents(
      resource('GatewayClass', 'aigw', { spec: { controllerName: 'x/y' } }),
      resource('Gateway', 'aigw', {
        spec: {
          gatewayClassName: 'aigw',
          listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }],
          infrastructure: {
            parametersRef: { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'logs' },
          },
        },
      }),
      resource('EnvoyProxy', 'logs', {
        spec: {
          telemetry: {
            accessLog: {
              settings: [
                { sinks: [{ type: 'OpenTelemetry', openTelemetry: { backendRefs: [ref] } }] },
              ],
            },
          },
        },
      }),
      resource('Backend', 'safe', {
        spec: { endpoints: [{ fqdn: { hostname: 'collector.example', port: 4318 } }] },
      }),
      resource('BackendTLSPolicy', 'safe', {
        spec: {
          targetRefs: [ref],
          validation: { hostname: 'name.example', wellKnownCACertificates: 'System' },
        },
      }),
    ),
  )
  expect(spec?.accessLogs?.[0]?.sinks).toMatchObject([
    { host: 'collector.example', port: 4318, tls: { hostname: 'name.example' } },
  ])
})

it('finds collectors by address, by Backend and by Service', () => {
  const otlp = (openTelemetry: object) => ({ sinks: [{ type: 'OpenTelemetry', openTelemetry }] })
  const { spec } = configured({
    settings: [
      otlp({ host: 'h', port: 9, headers: [{ name: 'X-Key', value: 'v' }], resources: { a: 'b' } }),
      otlp({
        backendRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'collector' }],
      }),
      otlp({ backendRefs: [{ name: 'otel', namespace: 'monitoring', port: 4317 }] }),
    ],
  })
  const none = { kind: 'otlp', headers: {}, resource: {} }
  expect(spec?.accessLogs?.flatMap(({ sinks }) => sinks)).toEqual([
    { kind: 'otlp', host: 'h', port: 9, headers: { 'x-key': 'v' }, resource: { a: 'b' } },
    { ...none, host: 'collector.example', port: 4318 },
    { ...none, host: 'otel.monitoring', port: 4317 },
  ])
})

it('warns of what has no meaning here', () => {
  const result = configured({
    settings: [
      { format: { type: 'JSON', json: { a: '%NOSUCH(x)% %DURATION%' } }, sinks: [{ type: 'ALS' }] },
      { sinks: [{ type: 'OpenTelemetry' }] },
    ],
  })
  const said = messages(result, 'warning').join('\n')
  expect(said).toContain('%NOSUCH% means nothing in this gateway')
  expect(said).toContain('sinks of type ALS are not supported')
  expect(said).toContain('no collector is named here')
})
