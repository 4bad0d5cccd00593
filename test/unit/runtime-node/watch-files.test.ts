import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, win32 } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type WatchTargets, watchFiles } from '../../../runtime-node/watch-files.ts'
import { createManualWatch } from '../../support/manual-watch.ts'

const root = mkdtempSync(join(tmpdir(), 'aigw-watch-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

function start(targets: (folder: string) => WatchTargets) {
  const folder = join(root, String(folders++))
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.yaml'), '1')
  const manual = createManualWatch()
  let changes = 0
  const watch = watchFiles(manual.system, () => {
    changes++
  })
  watch.set(targets(folder))
  // What happened before there was a watch is asked for once.
  manual.advance(250)
  const before = changes
  return { folder, manual, watch, before, changes: () => changes - before }
}

const oneFile = (folder: string) => ({ files: [join(folder, 'a.yaml')] })

describe('a watched file', () => {
  it('is asked for once at the beginning: it may have changed since it was read', () => {
    expect(start(oneFile).before).toBe(1)
  })

  it('is asked for once only where nothing can be watched', () => {
    const manual = createManualWatch()
    let changes = 0
    const watch = watchFiles({ ...manual.system, watchDirectory: () => undefined }, () => {
      changes++
      watch.set({ files: ['/nowhere/a.yaml'] })
    })
    watch.set({ files: ['/nowhere/a.yaml'] })
    manual.advance(60_000)
    expect(changes).toBe(1)
    watch.close()
  })

  it('is told of once it has been quiet for 250 ms', () => {
    const { folder, manual, changes } = start(oneFile)
    manual.touch(folder, 'a.yaml')
    manual.advance(200)
    manual.touch(folder, 'a.yaml')
    manual.advance(249)
    expect(changes()).toBe(0)
    manual.advance(1)
    expect(changes()).toBe(1)
    manual.advance(1000)
    expect(changes()).toBe(1)
  })

  it('is not mixed up with its neighbours', () => {
    const { folder, manual, changes } = start(oneFile)
    manual.touch(folder, 'b.yaml')
    manual.touch(folder, '.a.yaml.swp')
    manual.advance(1000)
    expect(changes()).toBe(0)
  })

  it('counts as changed when a system does not say which file it was', () => {
    const { folder, manual, changes } = start(oneFile)
    manual.touch(folder, null)
    manual.advance(250)
    expect(changes()).toBe(1)
  })

  it('may be behind a link, whose end is watched as well', () => {
    const { folder, manual, changes } = start((folder) => {
      mkdirSync(join(folder, 'real'))
      writeFileSync(join(folder, 'real', 'b.yaml'), '1')
      symlinkSync(join(folder, 'real', 'b.yaml'), join(folder, 'link.yaml'))
      return { files: [join(folder, 'link.yaml')] }
    })
    manual.touch(join(folder, 'real'), 'b.yaml')
    manual.advance(250)
    expect(changes()).toBe(1)
  })

  it('may be in a volume of Kubernetes, which moves a link', () => {
    const { folder, manual, changes } = start(oneFile)
    manual.touch(folder, '..data')
    manual.advance(250)
    expect(changes()).toBe(1)
  })

  it('is looked at every 5 s where nothing can be watched', () => {
    const { folder, manual, changes } = start(oneFile)
    manual.advance(5000)
    expect(changes()).toBe(0)
    writeFileSync(join(folder, 'next'), 'another text')
    renameSync(join(folder, 'next'), join(folder, 'a.yaml'))
    manual.advance(5000)
    manual.advance(250)
    expect(changes()).toBe(1)
    unlinkSync(join(folder, 'a.yaml'))
    manual.advance(5000)
    manual.advance(250)
    expect(changes()).toBe(2)
  })

  it('counts when it appears', () => {
    const { folder, manual, changes } = start((folder) => ({ files: [join(folder, 'later')] }))
    writeFileSync(join(folder, 'later'), 'x')
    manual.advance(5250)
    expect(changes()).toBe(1)
  })
})

describe('a watched directory', () => {
  it('counts every configuration file in it', () => {
    const { folder, manual, changes } = start((folder) => ({ files: [], directory: folder }))
    manual.touch(folder, 'new.yml')
    manual.advance(250)
    manual.touch(folder, 'notes.txt')
    manual.advance(250)
    expect(changes()).toBe(1)
  })
})

describe('watching', () => {
  it('follows a change of what is watched, and lets go of the rest', () => {
    const { folder, manual, watch } = start(oneFile)
    const other = join(folder, 'other')
    mkdirSync(other)
    watch.set({ files: [join(other, 'b.yaml')] })
    expect(manual.directories()).toEqual([other])
  })

  it('ends', () => {
    const { folder, manual, watch, changes } = start(oneFile)
    manual.touch(folder, 'a.yaml')
    watch.close()
    manual.advance(10_000)
    expect(changes()).toBe(0)
    expect(manual.directories()).toEqual([])
    expect(manual.pending()).toBe(0)
  })
})

describe('a directory that goes away', () => {
  it('is watched again when another one has taken its place', () => {
    const { folder, manual, watch, changes } = start(oneFile)
    rmSync(folder, { recursive: true })
    mkdirSync(`${folder}.new`)
    writeFileSync(join(`${folder}.new`, 'a.yaml'), '2')
    renameSync(`${folder}.new`, folder)
    // What Linux tells of a directory that is gone.
    manual.touch(folder, basename(folder))
    manual.advance(250)
    expect(changes()).toBe(1)
    expect(manual.started(folder)).toBe(1)
    watch.set(oneFile(folder))
    expect(manual.started(folder)).toBe(2)
    manual.advance(250)
    expect(changes()).toBe(2)
    watch.set(oneFile(folder))
    manual.advance(1000)
    expect([changes(), manual.started(folder)]).toEqual([2, 2])
  })

  it('and whose watch is lost is looked after, and watched again as soon as it can be', () => {
    const { folder, manual, watch, changes } = start(oneFile)
    manual.lose(folder)
    manual.advance(250)
    expect(changes()).toBe(1)
    watch.set(oneFile(folder))
    expect(manual.started(folder)).toBe(2)
    manual.touch(folder, 'a.yaml')
    manual.advance(250)
    expect(changes()).toBe(2)
  })
})

it('takes names on Windows for the same that differ in case alone', () => {
  const manual = createManualWatch(win32)
  let changes = 0
  const watch = watchFiles(manual.system, () => {
    changes++
  })
  watch.set({ files: ['C:\\Users\\Me\\Config.yaml'] })
  manual.advance(250)
  changes = 0
  manual.touch('C:\\Users\\Me', 'config.YAML')
  manual.touch('C:\\Users\\Me', 'other.yaml')
  manual.advance(250)
  expect(changes).toBe(1)
  manual.touch('C:\\Users\\Me', 'other.yaml')
  manual.advance(250)
  expect(changes).toBe(1)
  watch.close()
})
