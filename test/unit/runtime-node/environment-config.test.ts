import { describe, expect, it } from 'vitest'
import { readBuiltInConfig } from '../../../runtime-node/built-in-config.ts'
import { buildEnvironmentConfig } from '../../../runtime-node/environment-config.ts'
import { parseConfig } from '../../../src/config/parse.ts'

type Env = Readonly<Record<string, string>>

const builtIn = readBuiltInConfig()

function load(env: Env) {
  const { text, variables } = buildEnvironmentConfig(env, builtIn)
  const { spec, diagnostics } = parseConfig({
    file: 'environment',
    text,
    env,
    readText: () => undefined,
  })
  const said = diagnostics.filter(({ severity }) => severity !== 'info')
  return { text, variables, spec, said: said.map(({ message }) => message) }
}

/** `selector`, `model` or a pattern, and where it leads. */
function routes(env: Env): string[] {
  const { spec } = load(env)
  return (spec?.routes ?? []).flatMap(({ rules }) =>
    rules.flatMap(({ matches, backends }) =>
      matches.map(({ headers: [header] }) => {
        const sign = header?.type === 'RegularExpression' ? '/' : ''
        const name = header?.name === 'x-ai-eg-model' ? '' : '@'
        return `${name}${sign}${header?.value}${sign} ${backends[0]?.backend.replace('default/', '')}`
      }),
    ),
  )
}

const seedSelectors = ['@tars tars', '@openai openai', '@aws aws', '@ollama ollama']
const seedModels = [
  'gpt-4o-mini openai',
  'us.meta.llama3-2-1b-instruct-v1:0 aws',
  'mistral:latest ollama',
  'qwen3:0.6b ollama',
]

describe('without a file', () => {
  it('and without a variable, the built-in text is used as it is', () => {
    expect(buildEnvironmentConfig({}, builtIn)).toEqual({ text: builtIn, variables: [] })
    expect(buildEnvironmentConfig({ OPENAI_API_KEY: '' }, builtIn).text).toBe(builtIn)
  })

  it('an OpenAI key alone keeps the built-in routes', () => {
    const env = { OPENAI_API_KEY: 'sk-x' }
    expect(routes(env)).toEqual([...seedSelectors, ...seedModels, '/.*/ openai'])
    const { spec, said } = load(env)
    expect(said).toEqual([])
    expect(spec?.backends['default/openai']?.auth).toEqual({ type: 'APIKey', key: 'sk-x' })
    expect(spec?.routes[0]?.costs.map(({ metadataKey }) => metadataKey)).toEqual([
      'llm_input_token',
      'llm_output_token',
      'llm_total_token',
      'llm_reasoning_token',
    ])
  })

  it('organisation and project become headers', () => {
    const headers = (env: Env) => load(env).spec?.backends['default/openai']?.headerMutation?.set
    const ids = { OPENAI_ORG_ID: 'org-1', OPENAI_PROJECT_ID: 'proj-2' }
    const set = [
      { name: 'openai-organization', value: 'org-1' },
      { name: 'openai-project', value: 'proj-2' },
    ]
    expect(headers({ OPENAI_API_KEY: 'k', ...ids })).toEqual(set)
    expect(headers({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://x/v1', ...ids })).toEqual(set)
    expect(
      headers({
        AZURE_OPENAI_API_KEY: 'k',
        AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com/',
        OPENAI_API_VERSION: '2024-12-01-preview',
        ...ids,
      }),
    ).toEqual(set)
  })

  it('an Anthropic key beside it adds a selector and its models', () => {
    const env = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a' }
    expect(routes(env)).toEqual([
      ...seedSelectors,
      ...seedModels,
      '@anthropic anthropic',
      '/claude-.*/ anthropic',
      '/.*/ openai',
    ])
    expect(load(env).spec?.backends['default/anthropic']).toMatchObject({
      schema: { name: 'Anthropic' },
      endpoints: [{ kind: 'fqdn', host: 'api.anthropic.com', port: 443 }],
      tls: { hostname: 'api.anthropic.com' },
      auth: { type: 'AnthropicAPIKey', key: 'a' },
    })
  })

  it('an Anthropic key alone takes every model', () => {
    expect(routes({ ANTHROPIC_API_KEY: 'a' })).toEqual([
      ...seedSelectors,
      '@anthropic anthropic',
      '/.*/ anthropic',
    ])
  })

  it('a base URL takes every model, with or without a key', () => {
    for (const key of [{}, { OPENAI_API_KEY: 'k' }]) {
      const env = { OPENAI_BASE_URL: 'http://localhost:11434/v1', ...key }
      expect(routes(env)).toEqual([...seedSelectors, '/.*/ openai'])
      const backend = load(env).spec?.backends['default/openai']
      expect(backend?.endpoints).toEqual([{ kind: 'fqdn', host: 'localhost', port: 11434 }])
      expect(backend?.tls).toBeUndefined()
      expect(backend?.auth !== undefined).toBe('OPENAI_API_KEY' in key)
    }
  })

  it('a path of the base URL is the prefix', () => {
    const schema = (url: string) =>
      load({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: url }).spec?.backends['default/openai']?.schema
    expect(schema('https://openrouter.ai/api/v1')).toEqual({ name: 'OpenAI', prefix: 'api/v1' })
    expect(schema('https://openrouter.ai/$HOME/v1')?.prefix).toBe('$HOME/v1')
    expect(schema('https://x')).toEqual({ name: 'OpenAI' })
  })

  it('Azure comes before OpenAI, which keeps a selector', () => {
    const env = {
      AZURE_OPENAI_API_KEY: 'z',
      AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com/ignored',
      OPENAI_API_VERSION: '2024-12-01-preview',
      OPENAI_API_KEY: 'o',
    }
    expect(routes(env)).toEqual([...seedSelectors, '@openai-direct openai-direct', '/.*/ openai'])
    const { spec } = load(env)
    expect(spec?.backends['default/openai']).toMatchObject({
      schema: { name: 'AzureOpenAI', version: '2024-12-01-preview' },
      endpoints: [{ host: 'me.openai.azure.com', port: 443 }],
    })
    expect(spec?.backends['default/openai-direct']?.auth).toEqual({ type: 'APIKey', key: 'o' })
  })

  it.each([
    [{}, 'AZURE_OPENAI_ENDPOINT environment variable is required when AZURE_OPENAI_API_KEY is set'],
    [
      { AZURE_OPENAI_ENDPOINT: 'https://x' },
      'OPENAI_API_VERSION environment variable is required when AZURE_OPENAI_API_KEY is set',
    ],
  ])('Azure needs more than a key: %j', (env, message) => {
    expect(() => load({ AZURE_OPENAI_API_KEY: 'z', ...env })).toThrow(message)
  })

  it('one provider with a key comes before one without', () => {
    const env = { OPENAI_BASE_URL: 'http://localhost:1/v1', ANTHROPIC_API_KEY: 'a' }
    expect(routes(env).at(-1)).toBe('/.*/ anthropic')
    expect(routes(env)).toContain('/(gpt-|o\\d|text-embedding-).*/ openai')
  })

  it('a provider at an IPv6 address with TLS has no name to check', () => {
    const { spec, said } = load({
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: 'https://[fd00::1]:8443/v1',
    })
    expect(said).toEqual([])
    expect(spec?.backends['default/openai']).toMatchObject({
      endpoints: [{ kind: 'ip', host: 'fd00::1', port: 8443 }],
      tls: {},
    })
  })

  it('no credential is written into the text', () => {
    const planted = 'planted-credential'
    const env = {
      OPENAI_API_KEY: planted,
      ANTHROPIC_API_KEY: planted,
      AZURE_OPENAI_API_KEY: planted,
      AZURE_OPENAI_ENDPOINT: `https://me:${planted}@x.azure.com`,
      OPENAI_API_VERSION: 'v',
    }
    expect(load(env).text).not.toContain(planted)
  })

  it('a key of digits alone stays text', () => {
    const { spec } = load({ OPENAI_BASE_URL: 'http://x/v1', OPENAI_API_KEY: '0123' })
    expect(spec?.backends['default/openai']?.auth).toEqual({ type: 'APIKey', key: '0123' })
  })

  it('every combination of keys loads without a warning', () => {
    const azure = {
      AZURE_OPENAI_API_KEY: 'z',
      AZURE_OPENAI_ENDPOINT: 'https://z',
      OPENAI_API_VERSION: 'v',
    }
    const parts: readonly Env[] = [
      azure,
      { OPENAI_API_KEY: 'o' },
      { OPENAI_BASE_URL: 'https://b/v1' },
      { ANTHROPIC_API_KEY: 'a' },
      { OLLAMA_HOST: 'https://o.example' },
    ]
    for (let set = 1; set < 2 ** parts.length; set++) {
      const env = Object.assign({}, ...parts.filter((_, index) => set & (1 << index)))
      const { spec, said } = load(env)
      expect(said.filter((message) => !message.includes('not supported yet'))).toEqual([])
      expect(spec).toBeDefined()
    }
  })
})

describe('OLLAMA_HOST', () => {
  it('moves Ollama, with TLS where the URL says so', () => {
    const ollama = (host: string) => load({ OLLAMA_HOST: host }).spec?.backends['default/ollama']
    expect(ollama('0.0.0.0')?.endpoints).toEqual([{ kind: 'ip', host: '127.0.0.1', port: 11434 }])
    expect(ollama('https://o.example')).toMatchObject({
      endpoints: [{ kind: 'fqdn', host: 'o.example', port: 443 }],
      tls: { hostname: 'o.example' },
    })
    expect(routes({ OLLAMA_HOST: 'o' })).toEqual([...seedSelectors, ...seedModels, '/.*/ openai'])
  })
})

describe('AIGW_DEFAULTS=v1', () => {
  it('has one rule for one provider, and nothing of the built-in ones', () => {
    const env = { AIGW_DEFAULTS: 'v1', OPENAI_API_KEY: 'k' }
    expect(routes(env)).toEqual(['/.*/ openai'])
    expect(Object.keys(load(env).spec?.backends ?? {})).toEqual(['default/openai'])
  })

  it('needs a key', () => {
    expect(() => load({ AIGW_DEFAULTS: 'v1' })).toThrow(
      'run: you must supply at least OPENAI_API_KEY, AZURE_OPENAI_API_KEY, ANTHROPIC_API_KEY, or a config file path',
    )
  })
})
