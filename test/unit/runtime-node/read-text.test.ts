import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodeText, readTextFile } from '../../../runtime-node/read-text.ts'

const text = 'key: Grüße 👋\r\n'
const little = Buffer.from(`\ufeff${text}`, 'utf16le')

it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16, as Windows PowerShell writes it', little],
  ['UTF-16 with its bytes the other way round', Buffer.from(little).swap16()],
])('reads %s', (_, bytes) => {
  expect(decodeText(bytes)).toBe(text)
})

it('reads what is too short for a mark', () => {
  expect(decodeText(new Uint8Array())).toBe('')
  expect(decodeText(Buffer.from('a'))).toBe('a')
})

it('reads a file, and leaves its error as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-text-'))
  writeFileSync(join(folder, 'a'), little)
  expect(readTextFile(join(folder, 'a'))).toBe(text)
  rmSync(folder, { recursive: true })
  expect(() => readTextFile(join(folder, 'a'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
