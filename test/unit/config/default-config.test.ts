import { readFileSync } from 'node:fs'
import { expect, it, describe as suite } from 'vitest'
import { parseConfig } from '../../../src/config/parse.ts'
import { load, said } from './support.ts'

const text = readFileSync(new URL('../../../defaults/aigw.yaml', import.meta.url), 'utf8')
const golden: unknown = JSON.parse(
  readFileSync(new URL('./default-spec.json', import.meta.url), 'utf8'),
)

suite('the default configuration', () => {
  it('compiles to the golden spec, and only tells which credentials are not there', () => {
    const result = load(text)
    expect(result.spec).toEqual(golden)
    expect(result.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'info env.annotation',
      'info env.annotation',
      'info env.file',
    ])
    expect(result.files).toEqual(['~/.aws/credentials'])
  })

  it('takes its credentials from the environment and from the home directory', () => {
    const env = { TARS_API_KEY: 'tars-key', OPENAI_API_KEY: 'openai-key\n' }
    const ini = '[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n'
    const result = load(text, { env, files: { '~/.aws/credentials': ini } })
    expect(said(result)).toEqual([])
    const auths = Object.entries(result.spec?.backends ?? {}).map(([name, { auth }]) => [
      name,
      auth,
    ])
    expect(Object.fromEntries(auths)).toEqual({
      'default/tars': { type: 'APIKey', key: 'tars-key' },
      'default/openai': { type: 'APIKey', key: 'openai-key' },
      'default/aws': {
        type: 'AWSCredentials',
        region: 'us-east-1',
        file: { text: ini, profile: 'default' },
      },
      'default/ollama': undefined,
    })
  })

  it('is the same when a saved copy of it is run, whatever the line ends', () => {
    for (const copy of [text, text.replaceAll('\n', '\r\n'), `\ufeff${text}`]) {
      expect(load(copy).spec).toEqual(golden)
    }
  })

  it('refers to no variable, so that a copy means the same everywhere', () => {
    // The first line is for editors.
    expect(text.slice(text.indexOf('\n'))).not.toContain('$')
  })

  it('has the model that people put their own in place of on a line of its own', () => {
    expect(text.match(/^ +value: mistral:latest$/gm)).toHaveLength(1)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what such an edit looks like.
    const edited = text.replace('value: mistral:latest', 'value: ${CHAT_MODEL:=deepseek-r1:1.5b}')
    const models = (env: Record<string, string>) =>
      load(edited, { env }).spec?.routes[0]?.rules[6]?.matches.map(
        ({ headers }) => headers[0]?.value,
      )
    expect(models({})).toEqual(['deepseek-r1:1.5b', 'qwen3:0.6b'])
    expect(models({ CHAT_MODEL: 'phi4' })).toEqual(['phi4', 'qwen3:0.6b'])
  })

  it('takes the selector header off on every rule', () => {
    const rules = load(text).spec?.routes[0]?.rules ?? []
    expect(rules).toHaveLength(8)
    for (const { backends } of rules) {
      expect(backends[0]?.headerMutation).toEqual({ set: [], remove: ['aigw-backend-selector'] })
    }
  })

  it('parses within a few milliseconds once warm', () => {
    const parse = () => parseConfig({ file: 'default', text, env: {} })
    for (let round = 0; round < 10; round++) parse()
    const before = process.cpuUsage()
    for (let round = 0; round < 10; round++) parse()
    const { user, system } = process.cpuUsage(before)
    // 7 ms on a small machine; what would break this is a new quadratic step.
    expect((user + system) / 10_000).toBeLessThan(50)
  })
})
