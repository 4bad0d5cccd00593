// A request that the configuration in use would answer, to be shown at start.
import type {
  BackendSpec,
  GatewaySpec,
  HeaderMatchSpec,
  RouteSpec,
  RuleSpec,
} from '../src/index.ts'

export interface ExampleRequest {
  readonly model: string
  /** Needed beside the model for the route to match. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

const modelHeader = 'x-ai-eg-model'

/** Tried against rules that match models by pattern alone. */
const wellKnownModels = ['gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'mistral:latest']

/** `undefined`: no route of this configuration can be told to work. */
export function findExample(spec: GatewaySpec, simulated: boolean): ExampleRequest | undefined {
  const rules = spec.routes.flatMap((route) => route.rules.map((rule) => ({ route, rule })))
  const usable = rules.filter(({ rule }) => isUsable(spec, rule, simulated))
  const examples = usable.flatMap(({ route, rule }) => examplesOf(route, rule))
  // The plainest command: one that needs no header of the gateway's own.
  return examples.find(({ headers }) => headers.length === 0) ?? examples[0]
}

function isUsable(spec: GatewaySpec, { backends, refused }: RuleSpec, simulated: boolean): boolean {
  if (refused !== undefined) return false
  const used = backends.filter(({ weight }) => weight > 0)
  return (
    used.length > 0 &&
    used.every(({ backend }) => {
      const known = spec.backends[backend]
      return known !== undefined && (simulated || isReady(known))
    })
  )
}

function isReady({ auth, broken }: BackendSpec): boolean {
  if (broken !== undefined || auth?.type === 'Unsupported') return false
  return auth?.missing === undefined
}

function examplesOf({ hostnames }: RouteSpec, { matches }: RuleSpec): ExampleRequest[] {
  const [hostname] = hostnames
  const host =
    hostname === undefined ? [] : [{ name: 'host', value: hostname.replace(/^\*/, 'any') }]
  const alternatives = matches.length === 0 ? [{ headers: [] }] : matches
  return alternatives.flatMap(({ headers }) => {
    const model = modelFor(headers.find(({ name }) => name === modelHeader))
    const others = headers.filter(({ name }) => name !== modelHeader)
    if (model === undefined || others.some(({ type }) => type !== 'Exact')) return []
    return [{ model, headers: [...host, ...others.map(({ name, value }) => ({ name, value }))] }]
  })
}

function modelFor(match: HeaderMatchSpec | undefined): string | undefined {
  if (match === undefined) return wellKnownModels[0]
  if (match.type === 'Exact') return match.value
  return wellKnownModels.find((model) => matchesWhole(match.value, model))
}

function matchesWhole(pattern: string, model: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(model)
  } catch {
    return false
  }
}

/** `cmd`: what Windows understands, and the shell that comes with Git does too. */
export type Shell = 'posix' | 'cmd'

/** One line for a shell. `origin` is like `http://localhost:1975`. */
export function formatCurl(
  origin: string,
  { model, headers }: ExampleRequest,
  shell: Shell,
): string {
  const quote = quotes[shell]
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] })
  const all = [{ name: 'content-type', value: 'application/json' }, ...headers]
  const options = all.map(({ name, value }) => `-H ${quote(`${name}: ${value}`)}`)
  return `curl ${origin}/v1/chat/completions ${options.join(' ')} -d ${quote(body)}`
}

const quotes: Readonly<Record<Shell, (text: string) => string>> = {
  posix: (text) => `'${text.replaceAll("'", "'\\''")}'`,
  // A backslash is one, but in front of a quote.
  cmd: (text) => `"${text.replaceAll(/\\*"/g, (found) => `${found.slice(0, -1).repeat(2)}\\"`)}"`,
}
