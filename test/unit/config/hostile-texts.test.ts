// Texts that no one should write, and some that only look wrong.
import { describe, expect, it } from 'vitest'
import { maxSourceLength } from '../../../src/config/documents.ts'
import {
  backend,
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  route,
  said,
  serviceBackend,
  toA,
} from './support.ts'

const good = complete(route([toA]))

const block = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: class
spec:
  controllerName: gateway.envoyproxy.io/gatewayclass-controller
`

describe('a text', () => {
  it('may begin with a byte order mark and end its lines with CRLF', () => {
    expect(said(load(`\ufeff${good.replaceAll('\n', '\r\n')}`))).toEqual([])
    const [first] = load(`\ufeff${block.replace('metadata', 'metadato')}`).diagnostics
    expect(first).toMatchObject({ line: 1, column: 1 })
    expect(said(load(`${good}\n---\n${block}`.replaceAll('\n', '\r\n')))[0]).toMatch(
      /^11:1 warning schema\.duplicate: /,
    )
  })

  it('must not be indented with tabs', () => {
    expect(said(load(documents(good, block.replace('  name', '\tname'))))).toEqual([
      '14:1 error yaml.syntax: Tabs are not allowed as indentation',
    ])
  })

  it.each([
    ['NUL', 'a: b\nc: \0', '2:4'],
    ['an image', '\ufffdPNG\r\n\u001a\n\0\0\0\rIHDR', '2:1'],
    ['an archive', 'PK\u0003\u0004', '1:3'],
  ])('is no binary file: %s', (_, text, place) => {
    expect(said(load(text))).toEqual([
      `${place} error yaml.binary: is no text: it holds characters that no YAML or JSON file may hold`,
    ])
  })

  it('is UTF-8', () => {
    const utf16 = `\ufffd\ufffd${[...'kind: A'].map((char) => `${char}\0`).join('')}`
    expect(load(utf16).diagnostics[0]).toMatchObject({ hint: 'save it as UTF-8' })
  })

  it('is of a size that a person can answer for', () => {
    const large = `# ${'x'.repeat(50 * 1024 * 1024)}\n${good}`
    const begun = performance.now()
    expect(said(load(large))).toEqual([
      '1:1 error yaml.size: is too large to be a configuration: 51 MiB, and the limit is 4 MiB',
    ])
    expect(performance.now() - begun).toBeLessThan(1000)
    const allowed = `# ${'x'.repeat(maxSourceLength - good.length - 10)}\n${good}`
    expect(said(load(allowed))).toEqual([])
  })

  it('does not drown its reader in errors', () => {
    const { diagnostics } = load('a: b\n'.repeat(5000))
    expect(diagnostics.length).toBeLessThan(110)
    expect(diagnostics.map(({ code }) => code)).toContain('yaml.many')
  })
})

describe('YAML', () => {
  it('may not multiply itself by aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 12; level++) {
      const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')
      lines.push(`a${level}: &a${level} [${aliases}]`)
    }
    const begun = performance.now()
    expect(messages(load(lines.join('\n')), 'error')).toEqual([
      'aliases stand for more than 10000 values',
    ])
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('may use anchors, aliases and merge keys', () => {
    const merged = `apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: gw }]
  rules:
    - matches: [{ headers: [{ name: x, value: a }] }]
      backendRefs: &to [{ name: a }]
      timeouts: &limits { request: 5s }
    - matches: [{ headers: [{ name: x, value: b }] }]
      backendRefs: *to
      timeouts:
        <<: *limits
        backendRequest: 2s
`
    const result = load(complete(merged))
    expect(said(result)).toEqual([])
    expect(result.spec?.routes[0]?.rules.map(({ requestTimeoutMs }) => requestTimeoutMs)).toEqual([
      5000, 2000,
    ])
  })

  it('has each key once', () => {
    expect(said(load(documents(good, `${block}kind: Gateway\n`)))).toEqual([
      '17:1 error yaml.duplicate-key: key "kind" is given twice; the first is on line 12',
    ])
  })

  it('with one broken document is read in all others', () => {
    const broken = 'kind: Backend\nmetadata:\n  name: b\n spec: {'
    const wrong = route([{ backendRefs: [{ name: 'a', weight: -1 }] }])
    const lines = said(
      load(documents(gatewayClass, gateway(), broken, backend('a'), serviceBackend('a'), wrong)),
    )
    expect(lines.filter((line) => line.includes('yaml.syntax'))).not.toEqual([])
    expect(lines.at(-1)).toMatch(/^14:\d+ error schema\.value: .*weight: Invalid value: -1/)
    expect(lines.filter((line) => line.includes('ref.missing'))).toEqual([])
  })

  it('is no resource where it is plain text, a list or a number', () => {
    for (const text of ['hello', '- a\n- b', '42']) {
      expect(said(load(text))[0]).toMatch(/^1:1 error yaml\.document: expected a resource/)
    }
  })
})
