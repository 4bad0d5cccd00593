import { describe, expect, it } from 'vitest'
import { signalsOf } from '../../../runtime-node/system.ts'

describe('signals', () => {
  it('stop the gateway, or have it read its configuration anew', () => {
    expect(signalsOf('linux')).toEqual({ stop: ['SIGINT', 'SIGTERM'], reload: ['SIGHUP'] })
    expect(signalsOf('darwin')).toEqual(signalsOf('linux'))
  })

  it('of a console on Windows all stop it: its window that closes is no wish for a reload', () => {
    const { stop, reload } = signalsOf('win32')
    expect(stop).toEqual(expect.arrayContaining(['SIGINT', 'SIGBREAK', 'SIGHUP']))
    expect(reload).toEqual([])
  })
})
