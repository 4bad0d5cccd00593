import { expect, it } from 'vitest'
import { combineSinks, limitSeries, type MetricsSink } from '../../../src/observe/metrics-sink.ts'
import { requestDuration, tokenUsage } from '../../../src/observe/semconv.ts'

function record() {
  const seen: string[] = []
  const sink: MetricsSink = {
    bind: ({ name }, labels) => ({
      record: (value) => void seen.push(`${name} ${JSON.stringify(labels)} ${value}`),
    }),
  }
  return { seen, sink }
}

it('puts what is beyond the limit of a histogram into one series that says so', () => {
  const { seen, sink } = record()
  const limited = limitSeries(sink, 2)
  for (const model of ['a', 'b', 'c', 'd', 'a']) limited.bind(tokenUsage, { model }).record(1)
  limited.bind(requestDuration, { model: 'c' }).record(2)
  expect(seen).toEqual([
    'gen_ai.client.token.usage {"model":"a"} 1',
    'gen_ai.client.token.usage {"model":"b"} 1',
    'gen_ai.client.token.usage {"otel_metric_overflow":"true"} 1',
    'gen_ai.client.token.usage {"otel_metric_overflow":"true"} 1',
    'gen_ai.client.token.usage {"model":"a"} 1',
    'gen_ai.server.request.duration {"model":"c"} 2',
  ])
})

it('binds a set of labels once', () => {
  let bound = 0
  const limited = limitSeries({
    bind() {
      bound++
      return { record() {} }
    },
  })
  const first = limited.bind(tokenUsage, { model: 'a' })
  expect(limited.bind(tokenUsage, { model: 'a' })).toBe(first)
  expect(bound).toBe(1)
})

it('records in each of several sinks', () => {
  const one = record()
  const two = record()
  combineSinks([one.sink, two.sink]).bind(tokenUsage, {}).record(3)
  expect(one.seen).toEqual(['gen_ai.client.token.usage {} 3'])
  expect(two.seen).toEqual(one.seen)
})
