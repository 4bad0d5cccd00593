// The providers that the environment names (https://aigateway.envoyproxy.io/docs/cli/run).
import { type BaseUrl, parseBaseUrl } from './base-url.ts'
import { RunError } from './exit-errors.ts'
import type { Provider } from './provider-resources.ts'
import type { Environment } from './system.ts'

/** An empty variable is none. */
export function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== ''
}

export interface Providers {
  /** Gets what no rule names; absent: the built-in configuration says it. */
  readonly primary: Provider | undefined
  readonly further: readonly Provider[]
}

/** `strict`: one provider alone, as Envoy AI Gateway's own command has it. Throws a `RunError`. */
export function findProviders(env: Environment, strict: boolean): Providers {
  const has = (name: string) => isSet(env, name)
  const azure = has('AZURE_OPENAI_API_KEY') ? makeAzure(env) : undefined
  const openai =
    has('OPENAI_API_KEY') || has('OPENAI_BASE_URL')
      ? makeOpenai(env, azure === undefined ? 'openai' : 'openai-direct')
      : undefined
  const anthropic = has('ANTHROPIC_API_KEY') ? makeAnthropic(env) : undefined
  const all = [azure, openai, anthropic].filter((provider) => provider !== undefined)
  const withKey = all.find(({ credential }) => credential !== undefined)
  const primary = withKey ?? all[0]
  const further = all.filter((provider) => provider !== primary)
  // An OpenAI key alone is what the built-in configuration is made for.
  const plain = primary === openai && !has('OPENAI_BASE_URL')
  if (strict) return { primary, further: [] }
  return plain ? { primary: undefined, further } : { primary, further }
}

function makeOpenai(env: Environment, name: string): Provider {
  return {
    name,
    schema: { name: 'OpenAI' },
    address: readUrl(env, 'OPENAI_BASE_URL', 'https://api.openai.com/v1'),
    headers: organizationHeaders(env),
    ...(isSet(env, 'OPENAI_API_KEY')
      ? { credential: { type: 'APIKey', variable: 'OPENAI_API_KEY' } }
      : {}),
  }
}

function makeAzure(env: Environment): Provider {
  for (const name of ['AZURE_OPENAI_ENDPOINT', 'OPENAI_API_VERSION']) {
    if (isSet(env, name)) continue
    throw new RunError(`${name} environment variable is required when AZURE_OPENAI_API_KEY is set`)
  }
  const { prefix: _, ...address } = readUrl(env, 'AZURE_OPENAI_ENDPOINT', '')
  return {
    name: 'openai',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference for the reader of the text.
    schema: { name: 'AzureOpenAI', version: '${OPENAI_API_VERSION}' },
    address,
    headers: organizationHeaders(env),
    credential: { type: 'AzureAPIKey', variable: 'AZURE_OPENAI_API_KEY' },
  }
}

function makeAnthropic(env: Environment): Provider {
  return {
    name: 'anthropic',
    schema: { name: 'Anthropic' },
    address: readUrl(env, 'ANTHROPIC_BASE_URL', 'https://api.anthropic.com/v1'),
    credential: { type: 'AnthropicAPIKey', variable: 'ANTHROPIC_API_KEY' },
  }
}

function readUrl(env: Environment, name: string, fallback: string): BaseUrl {
  try {
    return parseBaseUrl(env[name] || fallback)
  } catch (error) {
    throw error instanceof RunError ? new RunError(`${name}: ${error.message}`) : error
  }
}

/** By header: the variable that holds its value. */
export function organizationHeaders(env: Environment): Readonly<Record<string, string>> {
  return {
    ...(isSet(env, 'OPENAI_ORG_ID') ? { 'OpenAI-Organization': 'OPENAI_ORG_ID' } : {}),
    ...(isSet(env, 'OPENAI_PROJECT_ID') ? { 'OpenAI-Project': 'OPENAI_PROJECT_ID' } : {}),
  }
}
