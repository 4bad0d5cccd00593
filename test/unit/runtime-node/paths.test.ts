// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the paths under test look like that.
import { win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expandHome, expandPath, resolveHomes } from '../../../runtime-node/paths.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

const system = createFakeSystem({ env: { HOME: '/home/ada', DIR: 'configs', EMPTY: '' } })
const windows = createFakeSystem({
  env: { USERPROFILE: 'C:\\Users\\Ada', DIR: 'configs' },
  home: 'C:\\Users\\Ada',
  workingDirectory: 'D:\\work',
  temporary: 'C:\\Users\\Ada\\AppData\\Local\\Temp',
  uid: undefined,
  path: win32,
})

describe('expandPath', () => {
  it.each([
    ['', ''],
    ['~', '/home/ada'],
    ['~/x/y.yaml', '/home/ada/x/y.yaml'],
    ['~grace/x', '/work/~grace/x'],
    ['$HOME/x', '/home/ada/x'],
    ['${HOME}/x', '/home/ada/x'],
    ['a.yaml', '/work/a.yaml'],
    ['./a.yaml', '/work/a.yaml'],
    ['../a.yaml', '/a.yaml'],
    ['/etc/a.yaml', '/etc/a.yaml'],
    ['$DIR/a.yaml', '/work/configs/a.yaml'],
    ['${DIR}s/a.yaml', '/work/configss/a.yaml'],
    ['$UNKNOWN/a.yaml', '/a.yaml'],
    ['${EMPTY}a.yaml', '/work/a.yaml'],
    ['/tmp/aigw-${UID}', '/tmp/aigw-1000'],
  ])('makes %j %j', (given, expanded) => {
    expect(expandPath(given, system)).toBe(expanded)
  })

  it('prefers an exported UID to the number of the user', () => {
    const exported = createFakeSystem({ env: { UID: '7' } })
    expect(expandPath('/tmp/aigw-$UID', exported)).toBe('/tmp/aigw-7')
  })

  it.each([
    ['~', 'C:\\Users\\Ada'],
    ['~/x/y.yaml', 'C:\\Users\\Ada\\x\\y.yaml'],
    ['~\\x\\y.yaml', 'C:\\Users\\Ada\\x\\y.yaml'],
    ['$USERPROFILE\\x', 'C:\\Users\\Ada\\x'],
    ['${DIR}\\a.yaml', 'D:\\work\\configs\\a.yaml'],
    ['a.yaml', 'D:\\work\\a.yaml'],
    ['C:/etc/a.yaml', 'C:\\etc\\a.yaml'],
    ['\\\\server\\share\\a.yaml', '\\\\server\\share\\a.yaml'],
  ])('makes %j %j on Windows', (given, expanded) => {
    expect(expandPath(given, windows)).toBe(expanded)
  })

  it('takes a backslash after the tilde for part of the name elsewhere', () => {
    expect(expandHome('~\\x', system)).toBe('~\\x')
  })
})

describe('resolveHomes', () => {
  it('falls back to the directories of the user', () => {
    expect(resolveHomes({}, createFakeSystem())).toEqual({
      config: '/home/ada/.config/aigw',
      data: '/home/ada/.local/share/aigw',
      state: '/home/ada/.local/state/aigw',
      runtime: '/tmp/aigw-1000',
    })
  })

  it('knows no /tmp and no user number on Windows', () => {
    expect(resolveHomes({}, windows)).toEqual({
      config: 'C:\\Users\\Ada\\.config\\aigw',
      data: 'C:\\Users\\Ada\\.local\\share\\aigw',
      state: 'C:\\Users\\Ada\\.local\\state\\aigw',
      runtime: 'C:\\Users\\Ada\\AppData\\Local\\Temp\\aigw',
    })
  })

  const xdg = {
    XDG_CONFIG_HOME: '/xdg/config',
    XDG_DATA_HOME: '/xdg/data',
    XDG_STATE_HOME: '/xdg/state',
    XDG_RUNTIME_DIR: '/xdg/run',
  }
  const own = {
    AIGW_CONFIG_HOME: '/own/config',
    AIGW_DATA_HOME: '/own/data',
    AIGW_STATE_HOME: '/own/state',
    AIGW_RUNTIME_DIR: '/own/run',
  }

  it('takes the XDG base directories before the defaults', () => {
    expect(resolveHomes({}, createFakeSystem({ env: xdg }))).toEqual({
      config: '/xdg/config/aigw',
      data: '/xdg/data/aigw',
      state: '/xdg/state/aigw',
      runtime: '/xdg/run/aigw',
    })
  })

  it('ignores a relative XDG directory', () => {
    const relative = createFakeSystem({ env: { XDG_STATE_HOME: 'state' } })
    expect(resolveHomes({}, relative).state).toBe('/home/ada/.local/state/aigw')
  })

  it('takes AIGW_ variables before the XDG ones, as they are', () => {
    expect(resolveHomes({}, createFakeSystem({ env: { ...xdg, ...own } }))).toEqual({
      config: '/own/config',
      data: '/own/data',
      state: '/own/state',
      runtime: '/own/run',
    })
  })

  it('takes flags before everything, and expands them', () => {
    const flags = { config: '~/c', data: '$HOME/d', state: 's', runtime: '/r' }
    const full = createFakeSystem({ env: { ...xdg, ...own, HOME: '/home/ada' } })
    expect(resolveHomes(flags, full)).toEqual({
      config: '/home/ada/c',
      data: '/home/ada/d',
      state: '/work/s',
      runtime: '/r',
    })
  })
})
