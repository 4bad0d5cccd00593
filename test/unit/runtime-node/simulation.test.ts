import { expect, it } from 'vitest'
import { withPlaceholderCredentials } from '../../../runtime-node/simulation.ts'
import type { AuthSpec, GatewaySpec } from '../../../src/config/config.ts'

function authAfter(auth: AuthSpec | undefined): AuthSpec | undefined {
  const spec: GatewaySpec = {
    listeners: [],
    routes: [],
    costs: [],
    backends: {
      b: {
        name: 'b',
        schema: { name: 'OpenAI' },
        endpoints: [],
        connectTimeoutMs: 1,
        ...(auth && { auth }),
      },
    },
  }
  return withPlaceholderCredentials(spec).backends.b?.auth
}

it('gives a key where there is none', () => {
  expect(authAfter({ type: 'APIKey', missing: 'set X_API_KEY' })).toEqual({
    type: 'APIKey',
    key: 'simulated',
  })
})

it('keeps a key that is there', () => {
  const auth = { type: 'APIKey', key: 'real' } as const
  expect(authAfter(auth)).toEqual(auth)
})

it('never asks the default chain of AWS', () => {
  const auth = authAfter({ type: 'AWSCredentials', region: 'eu-west-1' })
  expect(auth).toMatchObject({
    type: 'AWSCredentials',
    region: 'eu-west-1',
    file: { profile: 'default', text: expect.stringContaining('aws_access_key_id') },
  })
})

it('replaces a credentials file that does not count', () => {
  const file = { text: '[x]\naws_access_key_id = NOT_A_REAL_ID\n', profile: 'x' }
  const auth = authAfter({ type: 'AWSCredentials', region: 'r', file, missing: 'set it' })
  expect(auth).not.toHaveProperty('missing')
  expect(auth).toMatchObject({ file: { profile: 'default' } })
})

it('keeps an AWS credentials file that is there', () => {
  const file = { text: '[x]\n', profile: 'x' }
  expect(authAfter({ type: 'AWSCredentials', region: 'r', file })).toMatchObject({ file })
})

it('gives a Google backend a login that can be refreshed without a key, and keeps a real file', () => {
  const gcp = { type: 'GCPCredentials', project: 'p', region: 'r' } as const
  const auth = authAfter({ ...gcp, missing: 'set it' })
  expect(auth).not.toHaveProperty('missing')
  expect(auth).toMatchObject({ serviceAccount: expect.stringContaining('authorized_user') })
  expect(authAfter({ ...gcp, serviceAccount: '{}' })).toMatchObject({ serviceAccount: '{}' })
})

it('leaves a backend without credentials and an unknown type as they are', () => {
  expect(authAfter(undefined)).toBeUndefined()
  const unsupported = { type: 'Unsupported', credential: 'AzureCredentials' } as const
  expect(authAfter(unsupported)).toEqual(unsupported)
})
