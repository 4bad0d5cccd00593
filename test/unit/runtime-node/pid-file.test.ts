import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path, { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writePidFile } from '../../../runtime-node/pid-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw-pid-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const self = { path, pid: 4242, uid: process.getuid?.() }

function write(directory: string, system = self) {
  const logged: string[] = []
  const remove = writePidFile(
    { directory, runId: 'mine', log: (_, message) => void logged.push(message) },
    system,
  )
  return { remove, logged }
}

it('holds the process id while the gateway runs', () => {
  const directory = join(folder, 'run')
  const { remove, logged } = write(directory)
  expect(readFileSync(join(directory, 'mine.pid'), 'utf8')).toBe('4242\n')
  if (process.platform !== 'win32') expect(statSync(directory).mode & 0o077).toBe(0)
  remove()
  expect(existsSync(join(directory, 'mine.pid'))).toBe(false)
  expect(logged).toEqual([])
})

it('does without where the directory cannot be used', () => {
  writeFileSync(join(folder, 'file'), '')
  const { remove, logged } = write(join(folder, 'file'))
  expect(logged).toEqual(['no pid file'])
  expect(() => remove()).not.toThrow()
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('')
})

it.skipIf(process.platform === 'win32')('stays out of a directory of someone else', () => {
  const { logged } = write(folder, { ...self, uid: (self.uid ?? 0) + 1 })
  expect(logged).toEqual(['no pid file'])
  expect(existsSync(join(folder, 'mine.pid'))).toBe(false)
})
