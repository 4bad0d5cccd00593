import { describe, expect, it } from 'vitest'
import { readHeaderRecord } from '../../../runtime-node/header-record.ts'

describe('readHeaderRecord', () => {
  const headers = readHeaderRecord({ a: '1', b: ['2', '3'], c: undefined, d: '' })

  it('reads a header, and several of one name as a list', () => {
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => headers.get(name))).toEqual([
      '1',
      '2, 3',
      null,
      '',
      null,
    ])
  })

  it('takes nothing that every object has for a header', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(headers.get(name)).toBeNull()
    }
  })

  it('visits what is there', () => {
    const seen: string[] = []
    headers.forEach((value, name) => void seen.push(`${name}=${value}`))
    expect(seen).toEqual(['a=1', 'b=2, 3', 'd='])
  })
})
