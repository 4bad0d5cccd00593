import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readResource, sdkVersion } from '../../../src/observe/resource.ts'

const service = (env: Record<string, string>) => readResource(env).attributes['service.name']

it('is named ai-gateway, unless a variable says otherwise', () => {
  expect(service({})).toBe('ai-gateway')
  expect(service({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a' })).toBe('a')
  expect(service({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a', OTEL_SERVICE_NAME: 'b' })).toBe('b')
  expect(service({ OTEL_SERVICE_NAME: '' })).toBe('ai-gateway')
})

it('keeps the good pairs beside bad ones, and says which are bad by their place', () => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: ' a = 1%2C2 ,secret,=x,b=%zz,c=x=y,' }
  const { attributes, malformed } = readResource(env)
  expect(attributes).toMatchObject({ a: '1,2', c: 'x=y' })
  expect(malformed).toEqual([2, 3, 4])
})

it('names the version of the SDK that is installed', () => {
  const path = new URL(
    '../../../node_modules/@opentelemetry/sdk-trace-base/package.json',
    import.meta.url,
  )
  expect(JSON.parse(readFileSync(path, 'utf8')).version).toBe(sdkVersion)
})
