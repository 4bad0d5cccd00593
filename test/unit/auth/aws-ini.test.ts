import { describe, expect, it } from 'vitest'
import { parseAwsIni } from '../../../src/auth/aws-ini.ts'

function parse(text: string): Record<string, Record<string, string>> {
  const sections = [...parseAwsIni(text)].map(
    ([name, section]) => [name, Object.fromEntries(section)] as const,
  )
  return Object.fromEntries(sections)
}

describe('parseAwsIni', () => {
  it('reads sections, with and without the word profile', () => {
    expect(parse('[default]\na=1\n[profile dev]\na = 2\n[ profile\tx ]\na=3\n[y]\na=4')).toEqual({
      default: { a: '1' },
      dev: { a: '2' },
      x: { a: '3' },
      y: { a: '4' },
    })
  })

  it('keeps sections of other kinds apart', () => {
    expect(parse('[sso-session dev]\na=1\n[profile dev]\na=2')).toEqual({
      'sso-session dev': { a: '1' },
      dev: { a: '2' },
    })
  })

  it('takes quotes from a profile name, and a comment behind the bracket', () => {
    expect(parse('[profile "my team"] # mine\na=1')).toEqual({ 'my team': { a: '1' } })
  })

  it('takes keys in any case and values as they are', () => {
    expect(parse('[default]\nAWS_Secret_Access_Key = aB/c+=d#e;f')).toEqual({
      default: { aws_secret_access_key: 'aB/c+=d#e;f' },
    })
  })

  it('passes over comments at the start of a line and behind whitespace', () => {
    expect(parse('# a=1\n; b=2\n[default]\n # c=3\nd = 4 # x\ne = 5\t; y\nf = 6#z')).toEqual({
      default: { d: '4', e: '5', f: '6#z' },
    })
  })

  it('lets the last duplicate win, of a key and of a section', () => {
    expect(parse('[a]\nx=1\nx=2\ny=1\n[b]\nx=9\n[profile a]\ny=3')).toEqual({
      a: { x: '2', y: '3' },
      b: { x: '9' },
    })
  })

  it('ignores indented blocks and what follows a key indented', () => {
    expect(
      parse('[default]\ns3 =\n  aws_access_key_id = no\n\t[evil]\n  more = no\nregion = r\n'),
    ).toEqual({ default: { s3: '', region: 'r' } })
  })

  it('reads a file that is indented as a whole', () => {
    expect(parse('  [default]\n  a = 1\n    b = 2\n  c = 3\n')).toEqual({
      default: { a: '1', c: '3' },
    })
  })

  it.each(['\r\n', '\n', '\r'])('ends lines by %j', (end) => {
    expect(parse(`\ufeff[default]${end}a = 1${end}b = 2${end}`)).toEqual({
      default: { a: '1', b: '2' },
    })
  })

  it('passes over lines of no meaning, and keys without a section', () => {
    expect(parse('a=1\n[default\nb=2\n[x]\nnonsense\nc=3')).toEqual({ x: { c: '3' } })
  })

  it('takes __proto__ for a name like any other', () => {
    expect(parseAwsIni('[__proto__]\n__proto__ = 1').get('__proto__')?.get('__proto__')).toBe('1')
  })
})
