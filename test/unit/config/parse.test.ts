// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDiagnostic } from '../../../src/config/diagnostics.ts'
import { parseConfig } from '../../../src/config/parse.ts'
import { resourceKinds } from '../../../src/config/resources/index.ts'
import {
  backend,
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  resource,
  route,
  said,
  serviceBackend,
  toA,
} from './support.ts'

const defaults = readFileSync(new URL('../../../defaults/aigw.yaml', import.meta.url), 'utf8')

describe('parseConfig', () => {
  it('has nothing to say about a complete configuration', () => {
    const result = load(complete(route([toA])))
    expect(result.diagnostics).toEqual([])
    expect(result.files).toEqual([])
    expect(Object.keys(result.spec ?? {})).toEqual(['listeners', 'routes', 'backends', 'costs'])
  })

  it('gives no spec as soon as one thing is an error', () => {
    const result = load(complete(route([toA]), 'a: ${B'))
    expect(result.spec).toBeUndefined()
  })

  it('says everything at once, in the order of the file', () => {
    const text = documents(
      gatewayClass,
      'a: b: c',
      gateway({ listeners: [] }),
      'kind: Backend\nspec: 1',
      route([{ backendRefs: [{ name: 'gone' }] }]),
      'x: [1,',
      resource('Secret', 's', { data: { k: '*' } }),
      'y: ${Z',
    )
    expect(load(text).diagnostics.map(({ line, code }) => `${line} ${code}`)).toEqual([
      '3 yaml.syntax',
      '5 schema.listeners',
      '7 schema.version',
      '7 schema.required',
      '8 schema.type',
      '13 yaml.syntax',
      '14 schema.rule',
      '16 schema.required',
      '16 env.syntax',
    ])
  })

  it('does not call missing what an unreadable document may define', () => {
    const broken = `kind: AIServiceBackend\nmetadata: {name: b}\nspec: [`
    const result = load(complete(route([{ backendRefs: [{ name: 'b' }] }]), broken))
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['yaml.syntax'])
  })

  it('makes one configuration of several sources', () => {
    const result = parseConfig([
      { file: 'one.yaml', text: documents(gatewayClass, gateway(), route([toA])), env: {} },
      { file: 'two.yaml', text: documents(backend('a'), serviceBackend('a')), env: {} },
    ])
    expect(result.diagnostics).toEqual([])
    expect(result.spec).toEqual(load(complete(route([toA]))).spec)
  })

  it('names the source of each mistake, and both of a duplicate', () => {
    const { diagnostics } = parseConfig([
      { file: 'one.yaml', text: complete(), env: {} },
      { file: 'two.yaml', text: documents(backend('a'), 'x: ['), env: {} },
    ])
    expect(diagnostics.map(({ file, line, code }) => `${file} ${line} ${code}`)).toEqual([
      'two.yaml 1 schema.duplicate',
      'two.yaml 3 yaml.syntax',
    ])
    expect(diagnostics[0]?.message).toContain('is given on line 5 of one.yaml and again on line 1')
  })

  it('names all sources where no Gateway is in any', () => {
    const { diagnostics } = parseConfig([
      { file: 'one.yaml', text: '', env: {} },
      { file: 'two.yaml', text: '', env: {} },
    ])
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      'one.yaml:1:1: error: no Gateway resource found in one.yaml, two.yaml',
    ])
    expect(parseConfig([]).spec).toBeUndefined()
  })

  it('works without files', () => {
    const annotations = { 'substitution.aigw.run/file/apiKey': '/k' }
    const secret = { ...resource('Secret', 's', {}), metadata: { name: 's', annotations } }
    const policy = resource('BackendSecurityPolicy', 'p', {
      spec: {
        targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }],
        type: 'APIKey',
        apiKey: { secretRef: { name: 's' } },
      },
    })
    const result = parseConfig({ file: 'a', text: complete(secret, policy), env: {} })
    expect(messages(result)[0]).toContain('file /k cannot be read on this runtime')
    expect(result.files).toEqual(['/k'])
    expect(result.spec?.backends['default/a']?.auth).toEqual({
      type: 'APIKey',
      missing: 'put a value at apiKey of Secret default/s',
    })
  })

  it('reads JSON', () => {
    const list = {
      kind: 'List',
      items: [gatewayClass, gateway(), backend('a'), serviceBackend('a')],
    }
    expect(said(load(JSON.stringify(list, null, '\t')))).toEqual([])
  })

  it('loads a configuration whose backends and credentials do not all work yet', () => {
    const schemas = [
      { name: 'Anthropic' },
      { name: 'AWSBedrock' },
      { name: 'AWSAnthropic', version: 'bedrock-2023-05-31' },
      { name: 'AzureOpenAI', version: '2025-01-01-preview' },
      { name: 'GCPVertexAI' },
      { name: 'GCPAnthropic', version: 'vertex-2023-10-16' },
    ]
    const backends = schemas.flatMap((schema, index) => [
      backend(`b${index}`),
      serviceBackend(`b${index}`, { schema }),
    ])
    const target = (name: string) => ({
      group: 'aigateway.envoyproxy.io',
      kind: 'AIServiceBackend',
      name,
    })
    const result = load(
      complete(
        ...backends,
        route(schemas.map((_, index) => ({ backendRefs: [{ name: `b${index}` }] }))),
        resource('Secret', 'gcp', { stringData: { 'service_account.json': '{}' } }),
        resource('BackendSecurityPolicy', 'gcp', {
          spec: {
            targetRefs: [target('b4'), target('b5')],
            type: 'GCPCredentials',
            gcpCredentials: {
              projectName: 'p',
              region: 'r',
              credentialsFile: { secretRef: { name: 'gcp' } },
            },
          },
        }),
      ),
    )
    expect(messages(result, 'error')).toEqual([])
    expect(Object.keys(result.spec?.backends ?? {})).toHaveLength(schemas.length + 1)
  })
})

describe('messages', () => {
  it('hold no control characters of the file', () => {
    const result = load(
      complete({ kind: 'a\u001b[31m\nb', apiVersion: 'gateway.envoyproxy.io/v1alpha1' }),
    )
    expect(messages(result)).toEqual([
      'a\\u001b[31m\\u000ab default/: kind: kind a\\u001b[31m\\u000ab is not known here and has no effect',
    ])
  })
})

describe('formatDiagnostic', () => {
  it('names the place once', () => {
    const [diagnostic] = load(complete(route([{ backendRefs: [{ name: 'b' }] }]))).diagnostics
    expect(diagnostic && formatDiagnostic(diagnostic)).toMatch(
      /^a\.yaml:9:\d+: error: AIGatewayRoute default\/route: spec\.rules\[0\]\.backendRefs\[0\]\.name: there is no AIServiceBackend default\/b \(did you mean a\?\)$/,
    )
  })
})

/** Whatever the text, an answer of the right form comes back. */
function expectWellFormed(text: string, env: Readonly<Record<string, string>> = {}): void {
  const { spec, diagnostics } = parseConfig({ file: 'x', text, env, readText: () => undefined })
  const lines = text.split('\n').length
  for (const { line, column, code, message } of diagnostics) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines + 1)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(code).toMatch(/^(?:yaml|env|schema|ref|unsupported|ignored)\.[a-z-]+$/)
    expect(message).not.toBe('')
    expect(message).not.toMatch(/\p{Cc}/u)
    if (!/[\u{f0000}-\u{10fffd}]/u.test(text))
      expect(message).not.toMatch(/[\u{f0000}-\u{10fffd}]/u)
  }
  expect(spec === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
}

describe('whatever is written', () => {
  const pieces = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ':',
      ' ',
      '\n',
      '\t',
      '"',
      "'",
      '#',
      '- ',
      '---\n',
      '&a ',
      '*a',
      '!!x ',
    ],
    ...[
      '${',
      '$',
      '|',
      '>',
      '%',
      '@',
      '\0',
      '\r',
      '<<: ',
      '? ',
      ',',
      '\ud800',
      '\u2028',
      '0x',
      '~',
    ],
    ...[
      'kind: List\n',
      'items:\n',
      '\ufeff',
      '__proto__: ',
      '\u{f0000}',
      '\ue000',
      'null',
      '1e999',
    ],
  )
  const edit = fc.record({
    at: fc.nat(defaults.length),
    remove: fc.oneof(fc.nat(3), fc.nat(200)),
    insert: fc.array(pieces, { maxLength: 3 }).map((list) => list.join('')),
  })

  it('parseConfig never throws: mutated documents', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = defaults
        for (const { at, remove, insert } of edits) {
          text = text.slice(0, at) + insert + text.slice(at + remove)
        }
        expectWellFormed(text, { A: 'x' })
      }),
      { numRuns: 150 },
    )
  })

  it('parseConfig never throws: a cut document', () => {
    fc.assert(
      fc.property(fc.nat(defaults.length), (length) => expectWellFormed(defaults.slice(0, length))),
      { numRuns: 50 },
    )
  })

  it('parseConfig never throws: any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectWellFormed(text)),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (list) => expectWellFormed(list.join(''))),
      { numRuns: 300 },
    )
  })

  it.each(Object.keys(resourceKinds))('parseConfig never throws: %s with any members', (kind) => {
    const names = fc.constantFrom(
      ...[
        'spec',
        'rules',
        'backendRefs',
        'matches',
        'headers',
        'name',
        'value',
        'type',
        'listeners',
      ],
      ...[
        'endpoints',
        'fqdn',
        'tls',
        'targetRefs',
        'targetRef',
        'retry',
        'retryOn',
        'schema',
        'data',
      ],
      ...[
        'stringData',
        'apiKey',
        'secretRef',
        'validation',
        'caCertificateRefs',
        'hostname',
        'port',
      ],
      ...['metadata', 'annotations', 'backendRef', 'headerMutation', 'set', 'remove', '__proto__'],
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('a', '', 'gw', 'Gateway', 'OpenAI', 'APIKey', 0, 1, -1, 1.5, true, null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(names, tie('value'), { maxKeys: 6 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(names, value, { maxKeys: 5 }), (members) => {
        expectWellFormed(complete({ ...resource(kind, 'x', {}), ...members }))
      }),
      { numRuns: 60 },
    )
  })
})
