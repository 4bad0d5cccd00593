// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import { describe, expect, it } from 'vitest'
import { maskReferences, resolvePlaceholders } from '../../../src/config/placeholders.ts'

function resolve(text: string, env: Record<string, string>): string {
  const masked = maskReferences(text)
  return resolvePlaceholders(masked.split(masked.text), env, () => {}).text
}

describe('maskReferences', () => {
  it('keeps length and lines', () => {
    const text = 'a: $A\nb: "${BB:-x y}" # $C\nc: $$\n'
    const { text: masked } = maskReferences(text)
    expect(masked).toHaveLength(text.length)
    expect(masked.split('\n').map((line) => line.length)).toEqual(
      text.split('\n').map((line) => line.length),
    )
    expect(masked).not.toContain('$')
  })

  it('gives text without references back as it is', () => {
    expect(maskReferences('^a$ {b}: 1').text).toBe('^a$ {b}: 1')
    expect(maskReferences('^a$').has('^a$')).toBe(false)
  })

  it('is undone by restore', () => {
    const text = 'x ${A:-{}} $$ $B \u{f0000}\ue000'
    const masked = maskReferences(text)
    expect(masked.restore(masked.text)).toBe(text)
    expect(masked.restore(`at ${masked.text.slice(2, 10)}!`)).toBe('at ${A:-{}}!')
  })

  it('leaves private-use characters of the text alone', () => {
    const own = '\u{f0000}\u{f0001}\ue000'
    expect(resolve(`${own}$A${own}\${A}${own}`, { A: '1' })).toBe(`${own}1${own}1${own}`)
  })

  it('tells more references apart than fit in one plane', () => {
    const text = Array.from({ length: 70_000 }, (_, index) => `$${index}`).join(' ')
    const env = { '0': 'first', '69999': 'last' }
    const resolved = resolve(text, env)
    expect(resolved.startsWith('first ')).toBe(true)
    expect(resolved.endsWith(' last')).toBe(true)
  })
})

describe('resolvePlaceholders', () => {
  it('knows when a reference is the whole text', () => {
    const masked = maskReferences('$A')
    const whole = resolvePlaceholders(masked.split(masked.text), { A: '1' }, () => {})
    expect(whole).toMatchObject({ text: '1', whole: true })
    const part = maskReferences('x$A')
    expect(resolvePlaceholders(part.split(part.text), { A: '1' }, () => {}).whole).toBe(false)
    const two = maskReferences('$A$A')
    expect(resolvePlaceholders(two.split(two.text), { A: '1' }, () => {}).whole).toBe(false)
  })
})
