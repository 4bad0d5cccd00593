// Gateways to listeners: where clients connect, and what ClientTrafficPolicies say about that side.
import type { ClientPolicySpec, GatewaySpec, ListenerSpec } from '../config.ts'
import { nameResource } from '../findings.ts'
import type { Resource } from '../resource-set.ts'
import type { Listener } from '../resources/gateway.ts'
import { compileAccessLogs } from './access-logs.ts'
import { type Attachments, attachPolicies } from './attachments.ts'
import type { Compilation } from './compilation.ts'
import type { TransportOf } from './transport.ts'

type Gateway = Resource<'Gateway'>

/** A listener that is served, with what routes need to know to attach. */
export interface AttachedListener {
  readonly gateway: Gateway
  readonly listener: Listener
  readonly spec: ListenerSpec
}

export interface CompiledListeners {
  readonly listeners: readonly AttachedListener[]
  readonly logLevel?: NonNullable<GatewaySpec['logLevel']>
  readonly accessLogs?: NonNullable<GatewaySpec['accessLogs']>
}

/** `connection.bufferLimit` where nothing is said: enough for images in a prompt. */
const defaultMaxRequestBytes = 50 * 1024 * 1024

export function compileListeners(
  compilation: Compilation,
  transportOf: TransportOf,
): CompiledListeners {
  const { resources, report } = compilation
  const policies = attachPolicies(compilation, 'ClientTrafficPolicy')
  const listeners: AttachedListener[] = []
  let logLevel: CompiledListeners['logLevel']
  let accessLogs: CompiledListeners['accessLogs']
  for (const gateway of resources.all('Gateway')) {
    warnOfMissingClass(compilation, gateway)
    const proxy = findProxy(compilation, gateway)
    logLevel ??= readLogLevel(proxy)
    accessLogs ??= compileAccessLogs(compilation, proxy, transportOf)
    const taken = listeners.find((one) => sharesPort(one, gateway))
    if (taken !== undefined) {
      report(gateway, {
        severity: 'error',
        code: 'schema.gateways',
        path: ['spec', 'listeners'],
        text: `multiple gateways are not supported: ${taken.gateway.name}`,
        hint: 'give their listeners different ports',
      })
      continue
    }
    const { spec } = gateway.value
    const own = spec.listeners.flatMap((listener, index) => {
      if (!acceptProtocol(compilation, gateway, listener, index)) return []
      return [{ gateway, listener, spec: compileListener(gateway, listener, policies) }]
    })
    // A protocol that cannot be served has been reported; without it nothing would listen.
    if (own.length === 0) {
      report(gateway, {
        severity: 'error',
        code: 'schema.listeners',
        path: ['spec', 'listeners'],
        text: `gateway ${gateway.name} has no ${spec.listeners.length === 0 ? '' : 'HTTP '}listeners configured`,
      })
    }
    warnOfSharedPorts(compilation, gateway, own)
    listeners.push(...own)
  }
  return {
    listeners,
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(accessLogs === undefined ? {} : { accessLogs }),
  }
}

/** What a ClientTrafficPolicy says holds for a port: two that differ cannot both. */
function warnOfSharedPorts(
  { report }: Compilation,
  gateway: Gateway,
  own: readonly AttachedListener[],
): void {
  for (const { listener, spec } of own) {
    const first = own.find((one) => one.spec.port === spec.port)?.spec ?? spec
    if (JSON.stringify(first.client) === JSON.stringify(spec.client)) continue
    report(gateway, {
      severity: 'warning',
      code: 'ignored.client-policy',
      path: ['spec', 'listeners', gateway.value.spec.listeners.indexOf(listener)],
      text: `shares port ${spec.port} with listener ${first.name}, whose ClientTrafficPolicy holds for both`,
      hint: 'give it a port of its own',
    })
  }
}

function sharesPort(one: AttachedListener, gateway: Gateway): boolean {
  return gateway.value.spec.listeners.some(({ port }) => port === one.listener.port)
}

function acceptProtocol(
  { report }: Compilation,
  gateway: Gateway,
  { protocol, tls }: Listener,
  index: number,
): boolean {
  if (protocol === 'HTTP') {
    if (tls !== undefined) {
      report(gateway, {
        severity: 'warning',
        code: 'ignored.field',
        path: ['spec', 'listeners', index, 'tls'],
        text: 'has no effect on protocol HTTP: clients connect without TLS',
        point: 'key',
      })
    }
    return true
  }
  const path = ['spec', 'listeners', index, 'protocol']
  if (protocol === 'HTTPS') {
    report(gateway, {
      severity: 'warning',
      code: 'unsupported.listener',
      path,
      text: 'protocol HTTPS is not supported yet; this listener is not served',
    })
  } else {
    report(gateway, {
      severity: 'error',
      code: 'schema.protocol',
      path,
      text: `Unsupported value: "${protocol}": supported values: "HTTP", "HTTPS"`,
    })
  }
  return false
}

function compileListener(
  gateway: Gateway,
  { name, port, hostname }: Listener,
  policies: Attachments<'ClientTrafficPolicy'>,
): ListenerSpec {
  const policy = policies.find('Gateway', gateway, name) ?? policies.find('Gateway', gateway)
  return {
    name,
    port,
    ...(hostname === undefined ? {} : { hostname }),
    client: compileClientPolicy(policy),
  }
}

function compileClientPolicy(
  policy: Resource<'ClientTrafficPolicy'> | undefined,
): ClientPolicySpec {
  const { connection, timeout, healthCheck, headers } = policy?.value.spec ?? {}
  const { withUnderscoresAction: underscores = 'RejectRequest' } = headers ?? {}
  const { requestReceivedTimeout, idleTimeout, streamIdleTimeout } = timeout?.http ?? {}
  return {
    maxRequestBytes: connection?.bufferLimit ?? defaultMaxRequestBytes,
    // `0s` is no limit, in each of them.
    ...(requestReceivedTimeout ? { requestReceivedTimeoutMs: requestReceivedTimeout } : {}),
    ...(idleTimeout ? { idleTimeoutMs: idleTimeout } : {}),
    ...(streamIdleTimeout ? { streamIdleTimeoutMs: streamIdleTimeout } : {}),
    ...(healthCheck === undefined ? {} : { healthPath: healthCheck.path }),
    ...(underscores === 'RejectRequest' ? {} : { underscores }),
  }
}

function warnOfMissingClass({ resources, report }: Compilation, gateway: Gateway): void {
  const name = gateway.value.spec.gatewayClassName
  const found = resources.all('GatewayClass').some((one) => one.name === name)
  if (found) return
  const missing = { kind: 'GatewayClass', namespace: 'default', name } as const
  const path = ['spec', 'gatewayClassName']
  const effect = 'the Gateway is served all the same'
  resources.reportMissing(gateway, { ...missing, path, severity: 'warning', effect }, report)
}

function readLogLevel(proxy: Resource<'EnvoyProxy'> | undefined): CompiledListeners['logLevel'] {
  const level = proxy?.value.spec?.logging?.level?.default
  return level === 'trace' ? 'debug' : level
}

/** The EnvoyProxy that the Gateway names, else the one that its class names. */
function findProxy(
  { resources, report }: Compilation,
  gateway: Gateway,
): Resource<'EnvoyProxy'> | undefined {
  const own = gateway.value.spec.infrastructure?.parametersRef
  if (own !== undefined) {
    const path = ['spec', 'infrastructure', 'parametersRef']
    const { kind, name } = own
    if (kind !== 'EnvoyProxy') {
      report(gateway, {
        severity: 'warning',
        code: 'ignored.parameters',
        path,
        text: `parameters of kind ${kind} have no effect; an EnvoyProxy has`,
      })
      return undefined
    }
    const { namespace } = gateway
    const found = resources.find('EnvoyProxy', namespace, name)
    if (found !== undefined) return found
    const missing = { kind, namespace, name, path: [...path, 'name'] } as const
    resources.reportMissing(gateway, { ...missing, severity: 'warning' }, report)
    return undefined
  }
  const className = gateway.value.spec.gatewayClassName
  const gatewayClass = resources.all('GatewayClass').find(({ name }) => name === className)
  const reference = gatewayClass?.value.spec.parametersRef
  if (gatewayClass === undefined || reference?.kind !== 'EnvoyProxy') return undefined
  const { name, namespace = 'default' } = reference
  const found = resources.find('EnvoyProxy', namespace, name)
  if (found !== undefined) return found
  const path = ['spec', 'parametersRef', 'name']
  const missing = { kind: 'EnvoyProxy', namespace, name, path } as const
  resources.reportMissing(gatewayClass, { ...missing, severity: 'warning' }, report)
  return undefined
}

/** How a listener is named in messages. */
export function nameListener({ gateway, listener }: AttachedListener): string {
  return `listener ${listener.name} of ${nameResource(gateway)}`
}
