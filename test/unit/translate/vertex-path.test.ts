import { expect, it } from 'vitest'
import type { Target } from '../../../src/translate/translator.ts'
import { vertexPath } from '../../../src/translate/vertex-path.ts'

function target(model: string, vars: Target['vars']): Target {
  return { schema: { name: 'GCPVertexAI' }, model, renamed: false, vars }
}

const verb = { publisher: 'anthropic', verb: 'rawPredict' } as const

it('names project, region, publisher, model and method', () => {
  expect(vertexPath(target('claude-sonnet-4@20250514', { project: 'p', region: 'r' }), verb)).toBe(
    '/v1/projects/p/locations/r/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict',
  )
})

it('keeps a model from moving to another resource', () => {
  expect(vertexPath(target('../x?y', { project: 'example.com:p', region: 'r' }), verb)).toBe(
    '/v1/projects/example.com:p/locations/r/publishers/anthropic/models/..%2Fx%3Fy:rawPredict',
  )
})

it('says which credential is missing where nothing names the project', () => {
  expect(() => vertexPath(target('m', {}), verb)).toThrow(/type GCPCredentials/)
})
