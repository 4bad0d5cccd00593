// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findReferences, referencedNames, substituteText } from '../../../src/config/envsubst.ts'

const env = { A: '1', E: '', '1': 'one', ÄÖ: 'umlaut', H: 'host', HOME_URL: undefined }

describe('substituteText', () => {
  it.each([
    ['x $A y', 'x 1 y'],
    ['${A}b', '1b'],
    ['$Ab', ''],
    ['${U}', ''],
    ['${U:-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${A:-d}', '1'],
    ['${U:-$A}', '1'],
    ['${U-a:b/c_d}', 'a:b/c_d'],
    ['${CHAT_MODEL:=deepseek-r1:1.5b}', 'deepseek-r1:1.5b'],
    ['${U:=d}', 'd'],
    ['${E:=d}', 'd'],
    ['${E=d}', ''],
    ['${E-d}', ''],
    ['${E:+d}', 'd'],
    ['${E+d}', 'd'],
    ['${U:+d}', ''],
    ['${U+d}', ''],
    ['${A:+d}', 'd'],
    ['$$A $${A} $$$A', '$A ${A} $1'],
    ['${A?err}', '1'],
    ['re: ^f.*$', 're: ^f.*$'],
  ])('turns %s into %s', (input, output) => {
    expect(substituteText(input, env).text).toBe(output)
  })

  it.each([
    ['$1', 'one', 'a name may begin with a digit'],
    ['$ÄÖ.', 'umlaut.', 'a name may hold any letter'],
    ['$A-b', '1-b', 'a name ends at other characters'],
    ['${A:}', '1', 'a lone colon says nothing'],
    ['${A:foo}${A:?x}${A foo}', '111', 'unknown operators are dropped'],
    ['${U:?x}', '', 'a question mark is no error'],
    ['^a$', '^a$', 'a dollar sign at the end stands for itself'],
    ['$ 5 $.x $-', '$ 5 $.x $-', 'a dollar sign before other characters stands for itself'],
    ['$_ ${_} ${}', '$_ ${_} ${}', 'a lone underscore is no name'],
    ['$$', '$', 'two dollar signs make one'],
    ['$${A:-$A}', '${A:-1}', 'after two dollar signs no reference begins'],
    ['${U:--1} ${U:==1}', '-1 =1', 'operator characters may lead a default'],
    ['${G:-hello big "world"}', 'hello big "world"', 'a default may hold spaces and quotes'],
    ['${HOME_URL-http://localhost:8080}', 'http://localhost:8080', 'undefined is not set'],
    ['${a:-$A}', '1', 'names are case-sensitive'],
    ['${X:=d}${X:-e}', 'de', 'an equals sign assigns nothing'],
  ])('turns %s into %s: %s', (input, output) => {
    expect(substituteText(input, env).text).toBe(output)
  })

  it.each([
    ['${U:-${A}}', '1'],
    ['${U:-${V:-x}}', 'x'],
    ['${U:-${V:-${A}-${W:=z}}!}', '1-z!'],
    ['${U:-http://$H}', 'http://host'],
    ['${U:-http://$H:${P:-80}/x}', 'http://host:80/x'],
    ['${U:-{"a":{}}}', '{"a":{}}'],
    ['${A:-{"a":{}}}', '1'],
    ['${U:-{x}', '{x'],
    ['${U:-$$5}', '$5'],
    ['${A:+<$A>}', '<1>'],
  ])('expands what stands in a default: %s becomes %s', (input, output) => {
    expect(substituteText(input, env).text).toBe(output)
  })

  it('never expands a value again', () => {
    expect(substituteText('$X ${X:-y}', { X: '$A${A}$$' }).text).toBe('$A${A}$$ $A${A}$$')
  })

  it('finds no variable among the members that every object has', () => {
    expect(substituteText('[$constructor${__proto__}$toString]', {}).text).toBe('[]')
  })

  it('names an undefined variable once, where it stands first', () => {
    const { problems } = substituteText('a $U\n${U} ${V:-${W}} $U', {})
    expect(problems).toEqual([
      {
        offset: 2,
        kind: 'undefined',
        name: 'U',
        message: 'variable U is not set and has no default',
      },
      {
        offset: 15,
        kind: 'undefined',
        name: 'W',
        message: 'variable W is not set and has no default',
      },
    ])
  })

  it('says nothing about variables with a default, empty ones and defaults that are not used', () => {
    expect(substituteText('${U:-d} ${U-d} ${U:+d} $E ${A:-$U}', env).problems).toEqual([])
  })

  it.each([
    ['a ${A', 2],
    ['${A\n}', 0],
    ['x\n${', 2],
    ['${A:-${A}', 0],
    ['${A:-x\r\n}', 0],
  ])('expects a closing brace in %j', (input, offset) => {
    const { problems, text } = substituteText(input, { A: '1' })
    expect(problems[0]).toEqual({
      offset,
      kind: 'broken',
      name: '',
      message: 'closing brace expected',
    })
    expect(text.startsWith(input.slice(0, offset + 2))).toBe(true)
  })

  it('ends the nesting of defaults', () => {
    const { problems } = substituteText(`${'${U:-'.repeat(40)}x${'}'.repeat(40)}`, {})
    expect(problems.map(({ message }) => message)).toEqual([
      'defaults are nested more than 16 deep',
    ])
  })

  it('gives up on a brace that is too far off, however many begin on one line', () => {
    expect(substituteText(`\${U:-${'x'.repeat(8000)}}`, {}).text).toHaveLength(8000)
    expect(substituteText(`\${U:-${'x'.repeat(9000)}}`, {}).problems).toHaveLength(1)
    expect(substituteText('${'.repeat(20_000), {}).problems).toHaveLength(20_000)
  })

  it('takes any text and leaves what has no dollar sign alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: result } = substituteText(text, env)
        expect(text.includes('$') || result === text).toBe(true)
      }),
    )
    const parts = fc.constantFrom('$', '{', '}', 'A', 'U', ':-', '=', '+', '\n', ' ')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (list) => {
        const text = list.join('')
        const references = findReferences(text)
        for (const [index, { start, end }] of references.entries()) {
          expect(text[start]).toBe('$')
          expect(start).toBeGreaterThanOrEqual(references[index - 1]?.end ?? 0)
          expect(end).toBeGreaterThan(start + 1)
        }
        substituteText(text, env)
      }),
    )
  })
})

describe('referencedNames', () => {
  it('lists the variables of defaults too', () => {
    expect(findReferences('${A:-${B:-$C}} $$D').flatMap(referencedNames)).toEqual(['A', 'B', 'C'])
  })
})
