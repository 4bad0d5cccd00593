import { describe, expect, it } from 'vitest'
import { maskLines, maskTokens } from '../../../src/config/mask-secrets.ts'

const planted = 'planted-credential-5f2a'

function shown(text: string): string {
  const lines = maskLines(text)
  return Array.from({ length: lines.count }, (_, index) => lines.at(index + 1)).join('\n')
}

describe('lines of a Secret', () => {
  const forms: readonly (readonly [name: string, text: string])[] = [
    ['plain', `kind: Secret\nstringData:\n  apiKey: ${planted}`],
    ['data first', `data:\n  apiKey: ${planted}\nkind: Secret`],
    ['quoted', `kind: "Secret"\nstringData:\n  "apiKey": "${planted}"`],
    ['a block', `kind: Secret\nstringData:\n  credentials: |\n    [default]\n    key = ${planted}`],
    ['flow style', `kind: Secret\nstringData: { apiKey: ${planted} }`],
    ['JSON on one line', `{"kind":"Secret","stringData":{"apiKey":"${planted}"}}`],
    ['JSON on several lines', `{\n  "kind": "Secret",\n  "data": {\n    "k": "${planted}"\n  }\n}`],
    ['kind with a slip', `kind: Secrte\nstuff:\n  apiKey2: ${planted}`],
    ['no kind', `stringData:\n  k: ${planted}`],
    ['broken YAML', `kind: Secret\nstringData\n  k ${planted}\n: [`],
    ['a comment', `kind: Secret\n# was ${planted}`],
    ['a value gone astray', `kind: Secret\nmetadata:\n  label: ${planted}`],
    ['CRLF', `kind: Secret\r\nstringData:\r\n  k: ${planted}\r\n`],
    ['merged with another document', `kind: Gateway\nspec: {}\nkind: Secret\nk: ${planted}`],
  ]
  it.each(forms)('show no value: %s', (_, text) => {
    expect(shown(text)).not.toContain(planted)
  })

  it('show names, and where values come from', () => {
    const text = `kind: Secret
metadata:
  name: openai-apikey
  annotations:
    substitution.aigw.run/env/apiKey: OPENAI_API_KEY
stringData:
  apiKey: x`
    expect(shown(text)).toBe(text.replace('apiKey: x', 'apiKey: [REDACTED]'))
  })
})

describe('lines of other resources', () => {
  it('show models, hosts and numbers as they are', () => {
    const text = `kind: AIGatewayRoute
spec:
  rules:
    - matches:
        - headers:
            - name: x-ai-eg-model
              value: us.meta.llama3-2-1b-instruct-v1:0
      backendRefs: [{ name: openai, weight: 3 }]
      apiKey: { secretRef: { name: openai-apikey } }
      apiKey: \${OPENAI_API_KEY}
      metadataKey: llm_input_token`
    expect(shown(text)).toBe(text)
  })

  const forms: readonly (readonly [name: string, text: string])[] = [
    ['a key in the place of a reference', `apiKey: ${planted}`],
    ['an inline key', `- inline: ${planted}`],
    ['a header', `set:\n  - name: Authorization\n    value: ${planted}`],
    ['a header, value first', `set:\n  - value: ${planted}\n    name: x-api-key`],
    ['a header on one line', `set: [{ name: authorization, value: ${planted} }]`],
    ['OTLP headers', `- name: OTEL_EXPORTER_OTLP_HEADERS\n  value: k=${planted}`],
    ['a password', `  password: "${planted}"`],
    ['user info of a URL', `uri: https://me:${planted}@host/x`],
  ]
  it.each(forms)('show no credential: %s', (_, text) => {
    expect(shown(text)).not.toContain(planted)
  })
})

describe('text', () => {
  const keys = [
    'sk-proj-abcdefgh12345678',
    'AKIAIOSFODNN7EXAMPLE',
    'AIzaSyA1234567890abcdefghijk',
    'ghp_abcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig',
    'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
  ]
  it.each(keys)('loses what looks like a key: %s', (key) => {
    expect(maskTokens(`Not a YAML token: ${key}`)).toBe('Not a YAML token: [REDACTED]')
    expect(maskTokens(`authorization: Bearer ${key}`)).not.toContain(key)
  })

  it('keeps words that only speak of keys', () => {
    const text =
      'bearer token or basic authentication; multiple BackendSecurityPolicies found for AIServiceBackend default/a'
    expect(maskTokens(text)).toBe(text)
  })
})
