import { expect, it } from 'vitest'
import { azureDeploymentPath, azureResourcePath } from '../../../src/translate/azure-path.ts'
import type { Target } from '../../../src/translate/translator.ts'

const target = (version: string | undefined, model = 'd'): Target => ({
  schema: { name: 'AzureOpenAI', ...(version === undefined ? {} : { version }) },
  model,
  renamed: false,
  vars: {},
})

it('names the deployment in the path of a dated API', () => {
  const path = azureDeploymentPath(target('2025-01-01-preview'), 'chat/completions')
  expect(path).toBe('/openai/deployments/d/chat/completions?api-version=2025-01-01-preview')
})

it('names no deployment where the whole resource is asked', () => {
  const path = azureResourcePath(target('2025-01-01-preview'), 'responses')
  expect(path).toBe('/openai/responses?api-version=2025-01-01-preview')
})

it.each([
  [undefined, ''],
  ['', ''],
  ['v1', ''],
  ['latest', ''],
  ['preview', '?api-version=preview'],
])('asks the v1 API where the version is %j', (version, query) => {
  expect(azureDeploymentPath(target(version), 'x')).toBe(`/openai/v1/x${query}`)
  expect(azureResourcePath(target(version), 'x')).toBe(`/openai/v1/x${query}`)
})

it('keeps models and versions from changing the path', () => {
  const path = azureDeploymentPath(target('2025&x=1#', '../a/b?c'), 'x')
  expect(path).toBe('/openai/deployments/..%2Fa%2Fb%3Fc/x?api-version=2025%26x%3D1%23')
  expect(new URL(path, 'http://h').pathname).toBe('/openai/deployments/..%2Fa%2Fb%3Fc/x')
})
