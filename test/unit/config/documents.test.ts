// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/config/diagnostics.ts'
import { readDocuments } from '../../../src/config/documents.ts'
import { describe as describeDiagnostic } from './support.ts'

function read(text: string, environment: Record<string, string> = {}) {
  const diagnostics: Diagnostic[] = []
  const documents = readDocuments({ file: 'a.yaml', text, environment }, diagnostics)
  return {
    values: documents.map(({ tree }) => tree.value),
    said: diagnostics.map(describeDiagnostic),
    documents,
  }
}

describe('readDocuments', () => {
  it.each([
    ['', []],
    ['# only a comment\n', []],
    ['---\n---\n# nothing\n---\nnull\n--- ~\n', []],
    ['a: 1\n---\n# none\n---\nb: 2\n...\n---\n- c\n', [{ a: 1 }, { b: 2 }, ['c']]],
    ['\ufeffa: 1', [{ a: 1 }]],
    ['a: 1\r\nb:\r\n  - c\r\n---\r\nd: 2\r\n', [{ a: 1, b: ['c'] }, { d: 2 }]],
    ['a: \t1\t# tab\n', [{ a: 1 }]],
    ['{\n\t"a": 1,\n\t"b": [true, "x"]\n}', [{ a: 1, b: [true, 'x'] }]],
    ['{"a":1}\n---\n{"b":2}', [{ a: 1 }, { b: 2 }]],
    [
      'a: 1.5\nb: 0x10\nc: 0o17\nd: -3\ne: yes\nf: 2024-05-21\ng: "1"\n',
      [{ a: 1.5, b: 16, c: 15, d: -3, e: 'yes', f: '2024-05-21', g: '1' }],
    ],
    ['1: a\ntrue: b\n', [{ '1': 'a', true: 'b' }]],
    ['a: 1\nb: ~\nc: null\nd:\ne: ""\n', [{ a: 1, e: '' }]],
    ['a: !!str 12\nb: 123456789012345678901234567890\n', [{ a: '12', b: 1.2345678901234568e29 }]],
    [
      'a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\nf: {<<: [*x, {b: 3, g: 4}], b: 5}\n',
      [{ a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 }, f: { b: 5, g: 4 } }],
    ],
    ['"<<": 1\n', [{ '<<': 1 }]],
  ])('reads %j', (text, values) => {
    expect(read(text)).toMatchObject({ values, said: [] })
  })

  it.each([
    [
      'a: 1\na: 2\n',
      ['2:1 error yaml.duplicate-key: key "a" is given twice; the first is on line 1'],
    ],
    ['a: *x\n', ['1:4 error yaml.alias: this alias has no anchor before it']],
    ['a:\n\t- b\n', ['2:1 error yaml.syntax: Tabs are not allowed as indentation']],
    ['a: "x\n', ['2:1 error yaml.syntax: Missing closing "quote']],
    ['a: b: c\n', ['1:4 error yaml.syntax: Nested mappings are not allowed in compact mappings']],
    [
      'a:\n  - b\n c: 1\n',
      ['3:1 error yaml.syntax: the indentation of this line fits none of the lines before it'],
    ],
    [
      'ok: 1\n---\na: @x\n',
      ['3:4 error yaml.syntax: Plain value cannot start with reserved character @'],
    ],
    ['? [a]\n: b\n', ['1:3 error yaml.key: a mapping or list cannot be a key']],
    ['a: !foo x\n', ['1:4 warning yaml.tag: Unresolved tag']],
    ['a: ${B\n', ['1:4 error env.syntax: closing brace expected']],
    ['\ufeffa: ${B', ['1:4 error env.syntax: closing brace expected']],
    ['a: 1\r\nb:\r\n  c: x ${B:-\r\n', ['3:8 error env.syntax: closing brace expected']],
    ['# ${B\na: 1 # ${C\n', []],
  ])('says where %j is wrong', (text, said) => {
    expect(read(text).said).toEqual(said)
  })

  it('reads the documents around a broken one', () => {
    const { documents, values } = read('a: 1\n---\nb: [1,\n---\nc: 3\n')
    expect(documents.map(({ broken }) => broken)).toEqual([false, true, false])
    expect(values[0]).toEqual({ a: 1 })
    expect(values[2]).toEqual({ c: 3 })
  })

  it.each([
    ['braces', '{"a":'.repeat(500)],
    ['brackets', '['.repeat(20_000)],
    ['dashes', '- '.repeat(2000)],
    ['block mappings', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('gives up on endless %s', (_name, text) => {
    const { said } = read(`ok: 1\n---\n${text}`)
    expect(said.length).toBeGreaterThan(0)
    expect(said.every((line) => line.includes(' error yaml.'))).toBe(true)
  })

  it('gives up on aliases that stand for billions of values', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 20; level++) {
      const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')
      lines.push(`a${level}: &a${level} [${aliases}]`)
    }
    const { said } = read(lines.join('\n'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/error yaml\.alias: aliases stand for more than 10000 values$/)
  })

  it('gives up on a collection inside itself', () => {
    expect(read('a: &a\n  b: *a\n').said[0]).toMatch(/error yaml\.(alias|depth)/)
  })

  it('keeps members whose names mean something to JavaScript as members', () => {
    const [value] = read('__proto__: {a: 1}\nconstructor: 2\n').values
    expect(Object.entries(value ?? {})).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})

describe('variables in documents', () => {
  it('never change the structure', () => {
    const nasty = 'x: 1\ny: [a, {b: #c "\'\n---\n- & * ! % @ `'
    const text = [
      'plain: $N',
      'part: a${N}b',
      'double: "<$N>"',
      "single: '$N'",
      'block: |',
      '  first $N',
      '  last',
      'folded: >-',
      '  $N',
      'flow: {a: $N, b: [$N, "$N"], ${K}: 1}',
      '# $N',
      'end: 1 # $N',
    ].join('\n')
    const { values, said } = read(text, { N: nasty, K: 'key: {' })
    expect(said).toEqual([])
    expect(values).toEqual([
      {
        plain: nasty,
        part: `a${nasty}b`,
        double: `<${nasty}>`,
        single: nasty,
        block: `first ${nasty}\nlast\n`,
        folded: nasty,
        flow: { a: nasty, b: [nasty, nasty], 'key: {': 1 },
        end: 1,
      },
    ])
  })

  it.each([
    ['8080', 8080],
    ['-1.5e3', -1500],
    ['0x1F', 31],
    ['0o17', 15],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['1_000', '1_000'],
    ['1e', '1e'],
    [' 1', ' 1'],
    ['.', '.'],
    ['2024-01-01', '2024-01-01'],
  ])('are typed where they are a whole plain scalar: %s', (value, typed) => {
    const env = { V: value }
    expect(read('[$V, "$V", \'${V}\', !!str $V, $V$V]', env).values).toEqual([
      [typed, value, value, value, value + value],
    ])
  })

  it.each(['', '~', 'null'])('leave a member out that is %j', (value) => {
    expect(read('a: $V\nb: "$V"\nc: 1', { V: value }).values).toEqual([{ b: value, c: 1 }])
  })

  it('keep two dollar signs from being a reference', () => {
    expect(read('a: $$A\nb: {c: $${A}}\nd: ^f.*$\n', { A: 'x' }).values).toEqual([
      { a: '$A', b: { c: '${A}' }, d: '^f.*$' },
    ])
  })

  it('take defaults with braces and colons, in flow and block style', () => {
    const text = 'a: ${U:-http://x:80/{y}}\nb: [${U:-{}}, ${U:=m:1b}]\nc: ${U:-${V:-7}}\n'
    expect(read(text)).toMatchObject({
      values: [{ a: 'http://x:80/{y}', b: ['{}', 'm:1b'], c: 7 }],
      said: [],
    })
  })

  it('are named once when they are not set, where they first stand', () => {
    const { said } = read('# $A\na: "x $A"\nb: ${A}\n---\nc: ${C:-${B}}\nd: ${A:-x}\n')
    expect(said).toEqual([
      '2:7 warning env.undefined: variable A is not set and has no default',
      '5:9 warning env.undefined: variable B is not set and has no default',
    ])
  })

  it('do not move the columns behind them', () => {
    const { said } = read('{a: $AAA, b: "${BBB:-x}", c: [1, @]}', {
      AAA: 'much longer than it was',
    })
    expect(said).toEqual([
      '1:34 error yaml.syntax: Plain value cannot start with reserved character @',
    ])
  })

  it('are shown as they were written where the parser speaks of them', () => {
    expect(read('a: "\\$B"\n', { B: '1' }).said[0]).not.toMatch(/[\u{f0000}-\u{10ffff}\ue000]/u)
  })

  it('may stand behind an alias without being named twice', () => {
    expect(read('a: &x [$U]\nb: *x\n').said).toHaveLength(1)
  })
})

describe('positions in a tree', () => {
  const text = 'spec:\n  rules:\n    - name: x\n      refs: [{name: a}, {name: b}]\n  empty:\n'
  const [document] = read(text).documents
  const at = (path: (string | number)[], point: 'key' | 'value') => {
    if (document === undefined) throw new Error('no document')
    const { line, column } = document.positionAt(
      document.tree.locate(document.tree.value, path, point),
    )
    return `${line}:${column}`
  }

  it.each([
    [[], '1:1', '1:1'],
    [['spec'], '1:1', '1:1'],
    [['spec', 'rules'], '2:3', '2:3'],
    [['spec', 'rules', 0], '3:7', '3:7'],
    [['spec', 'rules', 0, 'name'], '3:7', '3:13'],
    [['spec', 'rules', 0, 'refs', 1], '4:25', '4:25'],
    [['spec', 'rules', 0, 'refs', 1, 'name'], '4:26', '4:32'],
    [['spec', 'rules', 0, 'missing', 'more'], '3:7', '3:7'],
    [['spec', 'empty'], '5:3', '5:3'],
    [['spec', 'rules', 7], '2:3', '2:3'],
  ])('%j is at %s (key) and %s (value)', (path, key, value) => {
    expect(at(path, 'key')).toBe(key)
    expect(at(path, 'value')).toBe(value)
  })
})
