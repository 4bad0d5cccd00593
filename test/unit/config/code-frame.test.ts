import { describe, expect, it } from 'vitest'
import { frameCode } from '../../../src/config/code-frame.ts'
import { maskLines } from '../../../src/config/mask-secrets.ts'

function frame(text: string, line: number, column: number): string | undefined {
  return frameCode({ line, column }, maskLines(text))?.lines.join('\n')
}

describe('a code frame', () => {
  const text = 'a: 1\nspec:\n  port: "http"\n  host: x\nb: 2'

  it('shows the neighbours and marks the token', () => {
    expect(frame(text, 3, 9)).toBe(
      ['  2 | spec:', '> 3 |   port: "http"', '    |         ^^^^^^', '  4 |   host: x'].join('\n'),
    )
  })

  it('marks a key without its colon', () => {
    expect(frame(text, 2, 1)).toContain('> 2 | spec:\n    | ^^^^\n')
  })

  it('begins at the first line and ends at the last', () => {
    expect(frame(text, 1, 4)).toBe('> 1 | a: 1\n    |    ^\n  2 | spec:')
    expect(frame(text, 5, 4)).toBe('  4 |   host: x\n> 5 | b: 2\n    |    ^')
  })

  it('aligns line numbers of different widths', () => {
    const many = Array.from({ length: 12 }, (_, index) => `k${index}: v`).join('\n')
    expect(frame(many, 10, 1)?.split('\n')).toEqual([
      '   9 | k8: v',
      '> 10 | k9: v',
      '     | ^^',
      '  11 | k10: v',
    ])
  })

  it('keeps tabs, so that the caret stands right', () => {
    expect(frame('\ta: 1', 1, 2)).toBe('> 1 | \ta: 1\n    | \t^')
  })

  it('cuts a long line around the column', () => {
    const long = `{${'x'.repeat(500)} here ${'y'.repeat(500)}`
    const lines = frame(long, 1, 503)?.split('\n') ?? []
    expect(lines[0]?.length).toBeLessThan(140)
    const caret = lines[1]?.indexOf('^') ?? 0
    expect(lines[0]?.slice(caret, caret + 4)).toBe('here')
  })

  it('shows no escape sequence of the file', () => {
    expect(frame('a: \u001b[31mred', 1, 4)).not.toContain('\u001b')
  })

  it('marks a place at the end of a line, and is absent beyond the text', () => {
    expect(frame('a:', 1, 3)).toBe('> 1 | a:\n    |   ^')
    expect(frame('a: 1', 9, 1)).toBeUndefined()
  })

  it('never shows a value of a Secret', () => {
    const secret = 'kind: Secret\nstringData:\n  apiKey: [oops-a-secret]'
    expect(frame(secret, 3, 11)).toBe(
      '  2 | stringData:\n> 3 |   apiKey: [REDACTED]\n    |           ^',
    )
  })
})
