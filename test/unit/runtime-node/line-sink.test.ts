import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLineSink } from '../../../runtime-node/line-sink.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw-lines-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fail = (text: string) => {
  throw new Error(text)
}

it('writes all lines, in order, before it closes', async () => {
  const path = join(folder, 'a.log')
  const sink = createLineSink({ target: path, onTrouble: fail })
  for (let index = 0; index < 5000; index++) sink.write(`${index} ${'x'.repeat(100)}\n`)
  await sink.close(5000)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => Number(line.split(' ')[0]))).toEqual([...lines.keys()])
  expect(lines).toHaveLength(5000)
})

it('writes text of any script beside text that is known to be ASCII', async () => {
  const path = join(folder, 'a.log')
  const sink = createLineSink({ target: path, onTrouble: fail })
  sink.write('plain\n', 'ascii')
  sink.write('naïve 漢字 🙂\n')
  sink.write('plain\n', 'ascii')
  await sink.close(5000)
  expect(readFileSync(path, 'utf8')).toBe('plain\nnaïve 漢字 🙂\nplain\n')
})

it('appends to what is there', async () => {
  const path = join(folder, 'a.log')
  for (const text of ['a\n', 'b\n']) {
    const sink = createLineSink({ target: path, onTrouble: fail })
    sink.write(text)
    await sink.close(5000)
  }
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
})

it('says once that a file cannot be written, and goes on', async () => {
  const troubles: string[] = []
  const sink = createLineSink({
    target: join(folder, 'missing', 'a.log'),
    onTrouble: (text) => troubles.push(text),
  })
  sink.write('a\n')
  await sink.close(5000)
  sink.write('b\n')
  await sink.close(5000)
  expect(troubles).toHaveLength(1)
  expect(troubles[0]).toContain('ENOENT')
})

it.skipIf(process.platform === 'win32')(
  'drops lines when nobody reads, and closes in time',
  async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    // Both ends open, so that opening does not wait, and nobody reads.
    const descriptor = openSync(path, 'r+')
    const sink = createLineSink({
      target: descriptor,
      onTrouble: () => {},
      maxPendingBytes: 1_000_000,
    })
    const before = process.memoryUsage().rss
    for (let index = 0; index < 100_000; index++) sink.write(`${'x'.repeat(1000)}\n`)
    const startedAt = performance.now()
    await sink.close(200)
    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    // Lets the write that waits for a reader go.
    const reader = openSync(path, 'r')
    closeSync(reader)
    closeSync(descriptor)
  },
)
