// Which of Envoy's command operators mean something in this gateway. The access log gives them their values.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage

export const operatorNames = [
  'REQ',
  'RESP',
  'DYNAMIC_METADATA',
  'START_TIME',
  'DURATION',
  'PROTOCOL',
  'RESPONSE_CODE',
  'RESPONSE_CODE_DETAILS',
  'RESPONSE_FLAGS',
  'CONNECTION_TERMINATION_DETAILS',
  'UPSTREAM_TRANSPORT_FAILURE_REASON',
  'BYTES_RECEIVED',
  'BYTES_SENT',
  'UPSTREAM_HOST',
  'UPSTREAM_CLUSTER',
  'UPSTREAM_LOCAL_ADDRESS',
  'DOWNSTREAM_LOCAL_ADDRESS',
  'DOWNSTREAM_REMOTE_ADDRESS',
  'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_DIRECT_REMOTE_ADDRESS',
  'DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT',
  'REQUESTED_SERVER_NAME',
  'ROUTE_NAME',
] as const

export type OperatorName = (typeof operatorNames)[number]

/** `%%` is a percent sign. An argument may hold anything but a closing parenthesis; `:N` behind cuts the value. */
export const operatorPattern = /%(?:([A-Z_]+)(?:\(([^)]*)\))?(?::(\d+))?)?%/g

const known: ReadonlySet<string> = new Set(operatorNames)

export const isOperator = (name: string): name is OperatorName => known.has(name)

/** Operators of a format that have no value here. */
export function findUnknownOperators(text: string): readonly string[] {
  const names = [...text.matchAll(operatorPattern)].flatMap(([, name]) => name ?? [])
  return [...new Set(names.filter((name) => !isOperator(name)))]
}
