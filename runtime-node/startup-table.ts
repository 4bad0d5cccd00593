// What a person sees when the gateway is up: where it listens, where requests go, and which backends can be used
// or what to set so that they can.
import type { createColors } from 'picocolors'
import type {
  AuthSpec,
  BackendSpec,
  GatewaySpec,
  ListenerSpec,
  RouteSpec,
  RuleSpec,
} from '../src/index.ts'
import type { ConfigOrigin } from './config-source.ts'
import { findExample, formatCurl, type Shell } from './example-request.ts'
import { bracketHost, isLoopback, localHost } from './hosts.ts'

export type Colors = ReturnType<typeof createColors>

export interface Started {
  readonly spec: GatewaySpec
  readonly origin: ConfigOrigin
  readonly hosts: readonly string[]
  readonly adminHosts: readonly string[]
  readonly adminPort: number
  /** In the order of the listeners, with the port that each really has. */
  readonly listeners: readonly Pick<ListenerSpec, 'name' | 'port'>[]
  readonly simulated: boolean
  /** Before every path. */
  readonly rootPrefix: string
  /** Of whoever tries the example. */
  readonly shell: Shell
  readonly uptimeMs: number
}

export const readyLine = 'AI Gateway External Processor is ready'

/** Wrappers wait for this line: its form is fixed. */
export function formatListeningLine({
  hosts,
  listeners,
  adminHosts,
  adminPort,
  uptimeMs,
}: Started): string {
  const traffic = `http://${localHost(hosts)}:${listeners[0]?.port ?? 0}`
  const admin = `http://${localHost(adminHosts)}:${adminPort}`
  const seconds = (Math.round(uptimeMs / 100) / 10).toFixed(1)
  return `Envoy AI Gateway listening on ${traffic} (admin ${admin}) after ${seconds}s`
}

/** Rules beyond this many are counted instead of listed. */
const maxRules = 24

/** The lines below the ready lines. */
export function formatStartupTable(started: Started, colors: Colors): string[] {
  const { spec, origin, listeners, hosts, adminHosts, adminPort, simulated } = started
  const rows: Row[] = [
    ...listeners.map(({ name, port }): Row => {
      const addresses = hosts.map((host) => `${bracketHost(host)}:${port}`)
      return { label: 'listener', cells: [name, addresses.join(', ')] }
    }),
    {
      label: 'admin',
      cells: [
        `http://${localHost(adminHosts)}:${adminPort}/`,
        'requests as they come, in a browser',
      ],
    },
    { label: 'config', cells: [describeOrigin(origin)] },
    ...ruleRows(spec, colors),
    ...Object.values(spec.backends).map(
      (backend): Row => ({
        label: 'backend',
        cells: [
          shortName(backend.name),
          backend.schema.name,
          describeEndpoints(backend),
          simulated ? colors.cyan('simulated') : describeUse(backend, colors),
        ],
      }),
    ),
  ]
  const example = describeExample(started)
  return [
    '',
    ...alignRows(rows, colors),
    '',
    ...(origin.kind === 'built-in' && origin.variables === undefined && !simulated
      ? [
          'More providers: set OPENAI_API_KEY, ANTHROPIC_API_KEY, AZURE_OPENAI_API_KEY or OPENAI_BASE_URL.',
          '',
        ]
      : []),
    ...(simulated
      ? ['Simulated: every answer is made up here, and nothing leaves this machine.', '']
      : []),
    ...(example === undefined ? [] : ['Try it:', `  ${example}`, '']),
  ]
}

/** A command that gets an answer; undefined where none can be told to. */
export function describeExample({
  spec,
  simulated,
  hosts,
  listeners,
  rootPrefix,
  shell,
}: Pick<Started, 'spec' | 'simulated' | 'hosts' | 'listeners' | 'rootPrefix' | 'shell'>):
  | string
  | undefined {
  const example = findExample(spec, simulated)
  const base = `http://${localHost(hosts)}:${listeners[0]?.port ?? 0}${rootPrefix}`
  return example && formatCurl(base, example, shell)
}

/** One line where the port is open to others and nothing asks them who they are. */
export function describeWideBind({
  hosts,
  listeners,
}: Pick<Started, 'hosts' | 'listeners'>): string | undefined {
  const [wide] = hosts.filter((host) => !isLoopback(host))
  if (wide === undefined) return undefined
  const address = `${bracketHost(wide)}:${listeners[0]?.port ?? 0}`
  return `listening on ${address} without client authentication: whoever reaches it can use your credentials`
}

interface Row {
  readonly label: string
  readonly cells: readonly string[]
}

function describeOrigin({ kind, path, variables }: ConfigOrigin): string {
  if (kind === 'built-in' && variables !== undefined) {
    return `built in, with ${variables.join(', ')} (aigw run --show-config prints it)`
  }
  if (kind === 'built-in') return 'built in (aigw run --show-default prints it)'
  return kind === 'stdin' ? 'standard input' : (path ?? '')
}

function ruleRows(spec: GatewaySpec, colors: Colors): Row[] {
  const rows = spec.routes.flatMap((route) =>
    route.rules.map((rule): Row => {
      const to = colors.dim('→')
      return {
        label: 'route',
        cells: [
          shortName(route.name),
          describeRule(route, rule),
          rule.refused === undefined
            ? `${to} ${describeBackends(rule)}`
            : colors.red(`refused: ${rule.refused}`),
        ],
      }
    }),
  )
  if (rows.length <= maxRules) return rows
  const rest = rows.length - maxRules
  return [...rows.slice(0, maxRules), { label: 'route', cells: [`and ${rest} more rules`] }]
}

function describeRule({ hostnames }: RouteSpec, { matches }: RuleSpec): string {
  const described = matches.map(({ headers }) =>
    headers
      .map(({ type, name, value }) => {
        const quoted = type === 'RegularExpression' ? `/${value}/` : value
        return name === 'x-ai-eg-model' ? `model ${quoted}` : `${name}: ${quoted}`
      })
      .join(' and '),
  )
  const rule = described.map((match) => match || 'any request').join(', or ') || 'any request'
  return hostnames.length === 0 ? rule : `${rule} at ${hostnames.join(', ')}`
}

function describeBackends({ backends }: RuleSpec): string {
  const used = backends.filter(({ weight }) => weight > 0)
  const total = (priority: number) =>
    used.filter((other) => other.priority === priority).reduce((sum, { weight }) => sum + weight, 0)
  const byPriority = [...used].sort((a, b) => a.priority - b.priority)
  return (
    byPriority
      .map(({ backend, weight, priority, modelNameOverride }) => {
        const share = Math.round((weight / total(priority)) * 100)
        const model = modelNameOverride === undefined ? '' : ` as ${modelNameOverride}`
        const part = share === 100 ? '' : ` ${share}%`
        const fallback = priority === byPriority[0]?.priority ? '' : 'else '
        return `${fallback}${shortName(backend)}${model}${part}`
      })
      .join(', ') || 'nowhere'
  )
}

/** Without the namespace that everything is in when nothing is said. */
function shortName(name: string): string {
  return name.startsWith('default/') ? name.slice('default/'.length) : name
}

function describeEndpoints({ endpoints, tls }: BackendSpec): string {
  const scheme = tls === undefined ? 'http' : 'https'
  return endpoints
    .map(({ kind, host, port }) =>
      kind === 'unix' ? `unix:${host}` : `${scheme}://${bracketHost(host)}:${port}`,
    )
    .join(', ')
}

function describeUse({ auth, broken }: BackendSpec, colors: Colors): string {
  if (broken !== undefined) return colors.red(`unusable: ${broken}`)
  if (auth === undefined) return colors.green('needs no credential')
  return auth.type === 'Unsupported'
    ? colors.yellow(`${auth.credential} is not supported yet`)
    : describeCredential(auth, colors)
}

function describeCredential(
  auth: Exclude<AuthSpec, { type: 'Unsupported' }>,
  colors: Colors,
): string {
  if (hasCredential(auth)) return colors.green('credential found')
  if (auth.missing !== undefined) return colors.yellow(`no credential: ${auth.missing}`)
  if (auth.type === 'AWSCredentials') return 'credential: AWS default chain'
  if (auth.type === 'GCPCredentials') return 'credential: GCP application default credentials'
  return auth.override === undefined
    ? colors.yellow('no credential')
    : `credential: from request header ${auth.override.header}`
}

function hasCredential(auth: Exclude<AuthSpec, { type: 'Unsupported' }>): boolean {
  if (auth.missing !== undefined) return false
  switch (auth.type) {
    case 'APIKey':
    case 'AnthropicAPIKey':
    case 'AzureAPIKey':
      return auth.key !== undefined
    case 'AzureCredentials':
      return auth.clientSecret !== undefined
    case 'AWSCredentials':
      return auth.file !== undefined
    case 'GCPCredentials':
      return auth.serviceAccount !== undefined
  }
}

/** Columns under each other within one kind of row; the label once a group. */
function alignRows(rows: readonly Row[], colors: Colors): string[] {
  const widths = new Map<string, number[]>()
  for (const { label, cells } of rows) {
    const known = widths.get(label) ?? []
    widths.set(
      label,
      cells.map((cell, index) => Math.max(known[index] ?? 0, visibleLength(cell))),
    )
  }
  return rows.map(({ label, cells }, index) => {
    const first = rows[index - 1]?.label !== label
    const padded = cells.map((cell, column) =>
      column === cells.length - 1 ? cell : pad(cell, widths.get(label)?.[column] ?? 0),
    )
    return `  ${colors.bold((first ? label : '').padEnd(10))}${padded.join('  ')}`
  })
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - visibleLength(cell)))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colour is made of.
const colour = /\u001b\[\d+m/g

function visibleLength(cell: string): number {
  return cell.replace(colour, '').length
}
