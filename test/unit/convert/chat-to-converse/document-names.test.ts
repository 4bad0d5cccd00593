import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDocumentNames } from '../../../../src/convert/chat-to-converse/document-names.ts'

it.each([
  ['report.pdf', 'report'],
  ['my_report.v2.pdf', 'my report v2'],
  ['  a   b.txt', 'a b'],
  ['Q1 [draft] (2)-x.md', 'Q1 [draft] (2)-x'],
  ['', 'document-1'],
  ['日本.pdf', 'document-1'],
  ['.pdf', 'document-1'],
])('%j is called %j', (filename, expected) => {
  expect(createDocumentNames().next(filename)).toBe(expected)
})

it('numbers documents of one name, and those of none by their place', () => {
  const names = createDocumentNames()
  expect(['a.txt', 'a.md', '', 'a (2).txt', 'a'].map(names.next)).toEqual([
    'a',
    'a (2)',
    'document-3',
    'a (2) (2)',
    'a (3)',
  ])
})

it('makes unique names that Bedrock takes out of anything', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (files) => {
      const names = createDocumentNames()
      const made = files.map(names.next)
      expect(new Set(made).size).toBe(made.length)
      for (const name of made) {
        expect(name).toMatch(/^[A-Za-z0-9()[\]-]+(?: [A-Za-z0-9()[\]-]+)*$/)
        expect(name.length).toBeLessThanOrEqual(200)
      }
    }),
  )
})
