import { describe, expect, it } from 'vitest'
import { writeExposition, writeNumber } from '../../../runtime-node/exposition.ts'
import { readExposition } from '../../support/exposition.ts'

describe('a number', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [0.005, '0.005'],
    [65536, '65536'],
    [262144, '262144'],
    [999999, '999999'],
    [1e6, '1e+06'],
    [1048576, '1.048576e+06'],
    [67108864, '6.7108864e+07'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e21, '1e+21'],
    [1e100, '1e+100'],
    [-1048576, '-1.048576e+06'],
    [-0.5, '-0.5'],
    [0.00222079, '0.00222079'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d is written as Go writes it: %s', (value, text) => {
    expect(writeNumber(value)).toBe(text)
  })
})

describe('the text', () => {
  it('has families and series in order, labels too, with le last and buckets as they come', () => {
    const text = writeExposition([
      { name: 'z', help: 'last', type: 'counter', values: [{ labels: {}, value: 3 }] },
      { name: 'none', help: 'nothing', type: 'gauge', values: [] },
      {
        name: 'h',
        help: 'two\nlines \\',
        type: 'histogram',
        values: [
          { metricName: 'h_bucket', labels: { le: 4, b: 'y', a: 'x' }, value: 0 },
          { metricName: 'h_bucket', labels: { le: 1048576, b: 'y', a: 'x' }, value: 1 },
          { metricName: 'h_bucket', labels: { le: '+Inf', b: 'y', a: 'x' }, value: 1 },
          { metricName: 'h_sum', labels: { b: 'y', a: 'x' }, value: 2e6 },
          { metricName: 'h_count', labels: { b: 'y', a: 'x' }, value: 1 },
          { metricName: 'h_sum', labels: { a: 'w' }, value: 0 },
        ],
      },
    ])
    expect(text).toBe(`# HELP h two\\nlines \\\\
# TYPE h histogram
h_sum{a="w"} 0
h_bucket{a="x",b="y",le="4"} 0
h_bucket{a="x",b="y",le="1.048576e+06"} 1
h_bucket{a="x",b="y",le="+Inf"} 1
h_sum{a="x",b="y"} 2e+06
h_count{a="x",b="y"} 1
# HELP z last
# TYPE z counter
z 3
`)
  })

  it('survives any label value', () => {
    const odd = 'a "quoted" \\ back\nslash 🦊,b="c"} 1'
    const text = writeExposition([
      { name: 'g', help: 'h', type: 'gauge', values: [{ labels: { m: odd }, value: 1 }] },
    ])
    expect(readExposition(text).value('g', { m: odd })).toBe(1)
    const long = writeExposition([
      {
        name: 'g',
        help: 'h',
        type: 'gauge',
        values: [{ labels: { m: 'x'.repeat(10240) }, value: 1 }],
      },
    ])
    expect(readExposition(long).series.size).toBe(1)
  })
})
