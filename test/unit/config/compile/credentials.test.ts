// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../../src/config/parse.ts'
import { backend, complete, load, messages, resource, said, serviceBackend } from '../support.ts'

const targetRefs = [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }]

function apiKey(rest: object = {}, name = 'p'): object {
  const spec = { targetRefs, type: 'APIKey', apiKey: { secretRef: { name: 's' } }, ...rest }
  return resource('BackendSecurityPolicy', name, { spec })
}

function aws(rest: object = {}, credentials: object = {}): object {
  const credentialsFile = { secretRef: { name: 's' } }
  const awsCredentials = { region: 'eu-west-1', credentialsFile, ...credentials }
  const spec = { targetRefs, type: 'AWSCredentials', awsCredentials, ...rest }
  return resource('BackendSecurityPolicy', 'p', { spec })
}

function secret(values: object, annotations: Record<string, string> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', annotations },
    ...values,
  }
}

const env = (key: string, name: string) => ({ [`substitution.aigw.run/env/${key}`]: name })
const file = (key: string, path: string) => ({ [`substitution.aigw.run/file/${key}`]: path })

function backendOf(result: ReturnType<typeof load>) {
  return result.spec?.backends['default/a']
}

describe("Anthropic's API key", () => {
  const anthropic = (rest: object = {}) => {
    const anthropicAPIKey = { secretRef: { name: 's' } }
    const spec = { targetRefs, type: 'AnthropicAPIKey', anthropicAPIKey, ...rest }
    return resource('BackendSecurityPolicy', 'p', { spec })
  }

  it('is a credential of its own', () => {
    const result = load(complete(anthropic(), secret({ stringData: { apiKey: 'sk-ant' } })))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'AnthropicAPIKey', key: 'sk-ant' })
  })

  it('may come with the request, in a header of its own', () => {
    const fromRequestHeaders = { fallbackToConfigured: false }
    const result = load(complete(anthropic({ credentialOverride: { fromRequestHeaders } })))
    expect(backendOf(result)?.auth).toEqual({
      type: 'AnthropicAPIKey',
      override: { header: 'x-aigw-anthropic-api-key', fallbackToConfigured: false },
    })
  })
})

describe('an API key', () => {
  it.each([
    ['stringData', { stringData: { apiKey: ' sk-1\n' } }],
    ['data', { data: { apiKey: btoa('sk-1\n') } }],
    ['stringData over data', { data: { apiKey: btoa('old') }, stringData: { apiKey: 'sk-1' } }],
    ['both kinds of data', { data: { apiKey: btoa('sk-1') }, stringData: { other: 'x' } }],
  ])('comes from %s, trimmed', (_name, values) => {
    const result = load(complete(apiKey(), secret(values)))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'sk-1' })
  })

  it('comes from the variable that an annotation names', () => {
    const text = complete(apiKey(), secret({ stringData: { apiKey: 'x' } }, env('apiKey', 'KEY')))
    const result = load(text, { env: { KEY: 'sk-2\n' } })
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'sk-2' })
  })

  it('comes from the file that an annotation names', () => {
    const text = complete(apiKey(), secret({}, file('apiKey', '~/key')))
    const result = load(text, { files: { '~/key': 'sk-3\n' } })
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'sk-3' })
    expect(result.files).toEqual(['~/key'])
  })

  it('comes from the variable before the file, and from the file when the variable is empty', () => {
    const both = { ...env('apiKey', 'KEY'), ...file('apiKey', 'f') }
    const text = complete(apiKey(), secret({ stringData: { apiKey: 'x' } }, both))
    const files = { f: 'of-file' }
    expect(backendOf(load(text, { files, env: { KEY: 'of-env' } }))?.auth).toMatchObject({
      key: 'of-env',
    })
    const fallen = load(text, { files, env: { KEY: '' } })
    expect(backendOf(fallen)?.auth).toMatchObject({ key: 'of-file' })
    expect(said(fallen)).toEqual([])
  })

  it('is missing where reading its file fails in whatever way', () => {
    const readText = () => {
      throw new Error('EACCES')
    }
    const text = complete(apiKey(), secret({}, file('apiKey', '/k')))
    const { spec } = parseConfig({ file: 'a', text, env: {}, readText })
    expect(spec?.backends['default/a']?.auth).toEqual({ type: 'APIKey', missing: 'add /k' })
  })

  it('stays as written when its annotations lead nowhere, with a warning', () => {
    const both = { ...env('apiKey', 'KEY'), ...file('apiKey', 'f') }
    const result = load(complete(apiKey(), secret({ stringData: { apiKey: 'sk-4' } }, both)))
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'sk-4' })
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'env.annotation',
        path: 'metadata.annotations["substitution.aigw.run/env/apiKey"]',
        message:
          'Secret default/s: metadata.annotations["substitution.aigw.run/env/apiKey"]: variable KEY is not set and file f cannot be read or is empty; the value in the file is used',
      },
    ])
    expect(result.files).toEqual(['f'])
  })

  it.each([
    [{ stringData: { apiKey: 'NOT_A_REAL_KEY' } }, env('apiKey', 'KEY'), 'set KEY'],
    [{ stringData: { apiKey: 'NOT_A_REAL_KEY' } }, file('apiKey', '~/k'), 'add ~/k'],
    [{}, { ...env('apiKey', 'KEY'), ...file('apiKey', '~/k') }, 'set KEY or add ~/k'],
    [{ stringData: { apiKey: 'NOT_A_REAL_KEY' } }, {}, 'put a value at apiKey of Secret default/s'],
    [{ stringData: { apiKey: '  ' } }, {}, 'put a value at apiKey of Secret default/s'],
    [{ data: { apiKey: btoa('NOT_A_REAL_KEY') } }, {}, 'put a value at apiKey of Secret default/s'],
  ])('is missing, and what to do is said: %j %j', (values, annotations, missing) => {
    const result = load(complete(apiKey(), secret(values, annotations)))
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', missing })
    expect(backendOf(result)?.broken).toBeUndefined()
    expect(result.diagnostics.every(({ severity }) => severity === 'info')).toBe(true)
  })

  it('is missing where a variable in the file is not set', () => {
    const text = complete(
      apiKey(),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  apiKey: ${OPENAI_KEY}\n',
    )
    const result = load(text)
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', missing: 'set OPENAI_KEY' })
    expect(result.diagnostics).toMatchObject([
      { code: 'env.undefined', severity: 'warning', line: 15, column: 11 },
    ])
    expect(backendOf(load(text, { env: { OPENAI_KEY: '12345' } }))?.auth).toEqual({
      type: 'APIKey',
      key: '12345',
    })
  })

  it.each(['a\r\nb', 'a\nb', 'a\0b', 'a\u0001b', 'schlüssel-€'])(
    'that is no header is refused: %j',
    (key) => {
      const result = load(complete(apiKey(), secret({ stringData: { apiKey: key } })))
      expect(result.spec).toBeUndefined()
      expect(messages(result)).toEqual([
        'BackendSecurityPolicy default/p: spec.apiKey.secretRef: the key in Secret default/s cannot be sent in a header: it holds a line break, another control character or a character above U+00FF',
      ])
    },
  )

  it.each([
    [[], 'there is no Secret default/s'],
    [[secret({ stringData: { other: 'x' } })], 'Secret default/s has no key apiKey'],
  ])('that leads nowhere breaks its backend alone: %j', (secrets, reason) => {
    const result = load(complete(backend('b'), serviceBackend('b'), apiKey(), ...secrets))
    expect(backendOf(result)?.broken).toBe(reason)
    expect(backendOf(result)?.auth).toBeUndefined()
    expect(result.spec?.backends['default/b']?.broken).toBeUndefined()
    expect(messages(result, 'warning')).toEqual([
      `BackendSecurityPolicy default/p: spec.apiKey.secretRef.name: ${reason}; requests that need it fail`,
    ])
  })

  it('of another namespace is looked for at home, with a warning', () => {
    const policy = apiKey({ apiKey: { secretRef: { name: 's', namespace: 'other' } } })
    const result = load(complete(policy, secret({ stringData: { apiKey: 'k' } })))
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'k' })
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'ref.not-granted',
        path: 'spec.apiKey.secretRef.namespace',
      },
    ])
  })

  it('is never shown', () => {
    const values = { stringData: { apiKey: 'hush\nhush', x: 5, y: ['hush'] }, data: { z: 'hush!' } }
    const text = JSON.stringify(load(complete(apiKey(), secret(values))))
    expect(text).not.toContain('hush')
    expect(text).toContain('data.z: is not valid base64')
  })
})

describe('the data of a Secret', () => {
  it('must be base64', () => {
    const result = load(complete(secret({ data: { apiKey: '%%%' } })))
    expect(result.spec).toBeUndefined()
    expect(messages(result)).toEqual(['Secret default/s: data.apiKey: is not valid base64'])
  })

  it('may be wrapped and hold any UTF-8', () => {
    const bytes = new TextEncoder().encode('[default]\n# schlüssel\naws_access_key_id = x\n')
    const encoded = btoa(String.fromCharCode(...bytes)).replace(/(.{20})/g, '$1\n')
    const result = load(complete(aws(), secret({ data: { credentials: encoded } })))
    expect(backendOf(result)?.auth).toMatchObject({
      file: { text: '[default]\n# schlüssel\naws_access_key_id = x\n' },
    })
  })
})

describe('AWS credentials', () => {
  const ini = '[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n'

  it('come from a file and a profile', () => {
    const values = secret({ stringData: { credentials: ini } })
    expect(backendOf(load(complete(aws(), values)))?.auth).toEqual({
      type: 'AWSCredentials',
      region: 'eu-west-1',
      file: { text: ini, profile: 'default' },
    })
    const team = aws({}, { credentialsFile: { secretRef: { name: 's' }, profile: 'team-a' } })
    expect(backendOf(load(complete(team, values)))?.auth).toMatchObject({
      file: { profile: 'team-a' },
    })
  })

  it('come from the default chain where nothing is named', () => {
    const result = load(complete(aws({}, { credentialsFile: undefined })))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'AWSCredentials', region: 'eu-west-1' })
  })

  it.each([
    [file('credentials', '~/.aws/credentials'), 'add ~/.aws/credentials'],
    [{}, 'put a value at credentials of Secret default/s'],
  ])('are missing where the file holds placeholders: %j', (annotations, missing) => {
    const placeholders = '[default]\naws_access_key_id=NOT_A_REAL_ID\naws_secret_access_key = x\n'
    const values = secret({ stringData: { credentials: placeholders } }, annotations)
    expect(backendOf(load(complete(aws(), values)))?.auth).toEqual({
      type: 'AWSCredentials',
      region: 'eu-west-1',
      missing,
    })
  })

  it('by token exchange load and do not work yet', () => {
    const oidc = { provider: { issuer: 'https://i' }, clientID: 'c' }
    const exchange = { oidcExchangeToken: { oidc, awsRoleArn: 'arn' }, credentialsFile: undefined }
    const result = load(complete(aws({}, exchange)))
    expect(backendOf(result)?.auth?.type).toBe('Unsupported')
    expect(result.diagnostics).toMatchObject([
      { code: 'unsupported.credential', path: 'spec.awsCredentials.oidcExchangeToken' },
    ])
  })
})

describe('a credential of the request', () => {
  const values = secret({ stringData: { apiKey: 'k', credentials: 'x' } })

  it.each([
    [{}, { header: 'x-aigw-api-key', fallbackToConfigured: true }],
    [{ header: 'X-Tenant-Key' }, { header: 'x-tenant-key', fallbackToConfigured: true }],
    [{ fallbackToConfigured: false }, { header: 'x-aigw-api-key', fallbackToConfigured: false }],
  ])('is taken as %j says', (fromRequestHeaders, override) => {
    const result = load(complete(apiKey({ credentialOverride: { fromRequestHeaders } }), values))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'APIKey', key: 'k', override })
  })

  it('has a prefix of its own for AWS', () => {
    const result = load(complete(aws({ credentialOverride: { fromRequestHeaders: {} } }), values))
    expect(backendOf(result)?.auth).toMatchObject({
      override: { header: 'x-aigw-aws-', fallbackToConfigured: true },
    })
  })

  it('makes the Secret optional when nothing else may be used', () => {
    const credentialOverride = { fromRequestHeaders: { fallbackToConfigured: false } }
    const result = load(complete(apiKey({ credentialOverride })))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({
      type: 'APIKey',
      override: { header: 'x-aigw-api-key', fallbackToConfigured: false },
    })
  })

  it('from dynamic metadata does not work yet', () => {
    const fallBack = { credentialOverride: { fromDynamicMetadata: {} } }
    const withFallback = load(complete(apiKey(fallBack), values))
    expect(backendOf(withFallback)?.auth).toEqual({ type: 'APIKey', key: 'k' })
    expect(withFallback.diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'unsupported.field',
        path: 'spec.credentialOverride.fromDynamicMetadata',
      },
    ])
    const strict = { credentialOverride: { fromDynamicMetadata: { fallbackToConfigured: false } } }
    expect(backendOf(load(complete(apiKey(strict), values)))?.broken).toContain(
      'fromDynamicMetadata',
    )
  })
})

describe('policies and backends', () => {
  const values = secret({ stringData: { apiKey: 'k' } })

  it('two policies break their backend alone', () => {
    const result = load(
      complete(backend('b'), serviceBackend('b'), apiKey(), apiKey({}, 'q'), values),
    )
    const text = 'multiple BackendSecurityPolicies found for AIServiceBackend default/a: p, q'
    expect(backendOf(result)?.broken).toBe(text)
    expect(result.spec?.backends['default/b']?.broken).toBeUndefined()
    expect(messages(result)).toEqual([
      `BackendSecurityPolicy default/q: spec.targetRefs: ${text}; its requests fail`,
    ])
  })

  it('one policy may name a backend twice and serve several', () => {
    const targets = ['a', 'b', 'a'].map((name) => ({ ...targetRefs[0], name }))
    const result = load(
      complete(backend('b'), serviceBackend('b'), apiKey({ targetRefs: targets }), values),
    )
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/a']?.auth).toEqual(
      result.spec?.backends['default/b']?.auth,
    )
  })

  it('a target that is not there is an error: nothing is called without the credential', () => {
    const targets = [{ ...targetRefs[0], name: 'aa' }]
    const { diagnostics, spec } = load(complete(apiKey({ targetRefs: targets }), values))
    expect(spec).toBeUndefined()
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'ref.missing',
        message:
          'BackendSecurityPolicy default/p: spec.targetRefs[0].name: there is no AIServiceBackend default/aa; the credential would not be sent',
        hint: 'did you mean a?',
      },
    ])
  })

  it.each([
    [{ fqdn: { hostname: 'far.example.com', port: 80 } }, 1],
    [{ fqdn: { hostname: 'localhost', port: 80 } }, 0],
    [{ ip: { address: '::1', port: 80 } }, 0],
    [{ unix: { path: '/x' } }, 0],
  ])('a credential in clear is warned of unless it stays on the machine: %j', (endpoint, count) => {
    const text = complete(apiKey(), values).replace(
      '{"ip":{"address":"127.0.0.1","port":8080}}',
      JSON.stringify(endpoint),
    )
    const { diagnostics } = load(text)
    expect(diagnostics.filter(({ code }) => code === 'schema.plaintext')).toHaveLength(count)
  })
})

describe('an API key of Azure', () => {
  it('comes from its Secret, and the schema and the type are known to work', () => {
    const spec = { targetRefs, type: 'AzureAPIKey', azureAPIKey: { secretRef: { name: 's' } } }
    const policy = resource('BackendSecurityPolicy', 'p', { spec })
    const result = load(complete(policy, secret({ stringData: { apiKey: 'k-1\n' } })))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ type: 'AzureAPIKey', key: 'k-1' })
  })

  it('may come with the request alone', () => {
    const credentialOverride = { fromRequestHeaders: { fallbackToConfigured: false } }
    const azureAPIKey = { secretRef: { name: 's' } }
    const spec = { targetRefs, type: 'AzureAPIKey', azureAPIKey, credentialOverride }
    const result = load(complete(resource('BackendSecurityPolicy', 'p', { spec })))
    expect(backendOf(result)?.auth).toEqual({
      type: 'AzureAPIKey',
      override: { header: 'x-aigw-azure-api-key', fallbackToConfigured: false },
    })
  })
})

describe('Google Cloud credentials', () => {
  const gcp = (gcpCredentials: object = {}, rest: object = {}) => {
    const place = { projectName: 'p-1', region: 'global' }
    const credentialsFile = { secretRef: { name: 's' } }
    const all = { ...place, credentialsFile, ...gcpCredentials }
    const spec = { targetRefs, type: 'GCPCredentials', gcpCredentials: all, ...rest }
    return resource('BackendSecurityPolicy', 'p', { spec })
  }
  const base = { type: 'GCPCredentials', project: 'p-1', region: 'global' }

  it('hold the key file as it is written', () => {
    const values = { stringData: { 'service_account.json': '{"a": 1}\n' } }
    const result = load(complete(gcp(), secret(values)))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual({ ...base, serviceAccount: '{"a": 1}\n' })
  })

  it('are missing where the variable for the key file is not set', () => {
    const values = secret({ stringData: {} }, env('service_account.json', 'GCP_KEY'))
    const result = load(complete(gcp(), values))
    expect(backendOf(result)?.auth).toEqual({ ...base, missing: 'set GCP_KEY' })
  })

  it('are those of the machine where no file is named', () => {
    const result = load(complete(gcp({ credentialsFile: undefined })))
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual(base)
  })

  it('are broken where the Secret has another key', () => {
    const result = load(complete(gcp(), secret({ stringData: { key: 'x' } })))
    expect(backendOf(result)?.broken).toBe('Secret default/s has no key service_account.json')
  })

  it('may come with the request alone', () => {
    const fromRequestHeaders = { fallbackToConfigured: false }
    const result = load(complete(gcp({}, { credentialOverride: { fromRequestHeaders } })))
    expect(backendOf(result)?.auth).toEqual({
      ...base,
      override: { header: 'x-aigw-gcp-access-token', fallbackToConfigured: false },
    })
  })

  it('by workload identity load and do not work yet', () => {
    const federation = {
      projectID: '1',
      workloadIdentityPoolName: 'pool',
      workloadIdentityProviderName: 'provider',
      oidcExchangeToken: { oidc: { provider: { issuer: 'https://i' }, clientID: 'c' } },
    }
    const policy = gcp({
      credentialsFile: undefined,
      workloadIdentityFederationConfig: federation,
    })
    const result = load(complete(policy))
    expect(backendOf(result)?.auth?.type).toBe('Unsupported')
    expect(result.diagnostics).toMatchObject([
      {
        code: 'unsupported.credential',
        path: 'spec.gcpCredentials.workloadIdentityFederationConfig',
      },
    ])
  })
})

describe('an application of Azure', () => {
  const azure = (source: object) => {
    const azureCredentials = { clientID: 'c', tenantID: 't', ...source }
    return resource('BackendSecurityPolicy', 'p', {
      spec: { targetRefs, type: 'AzureCredentials', azureCredentials },
    })
  }

  it('has its secret in a Secret, and its authority in the environment', () => {
    const text = complete(
      azure({ clientSecretRef: { name: 's' } }),
      secret({ stringData: { 'client-secret': 'x' } }),
    )
    const expected = { type: 'AzureCredentials', tenantId: 't', clientId: 'c', clientSecret: 'x' }
    const result = load(text)
    expect(said(result)).toEqual([])
    expect(backendOf(result)?.auth).toEqual(expected)
    const env = { AZURE_AUTHORITY_HOST: ' https://login.microsoftonline.us ' }
    expect(backendOf(load(text, { env }))?.auth).toEqual({
      ...expected,
      authority: 'https://login.microsoftonline.us',
    })
  })

  it('is broken where its Secret has another key', () => {
    const text = complete(
      azure({ clientSecretRef: { name: 's' } }),
      secret({ stringData: { secret: 'x' } }),
    )
    expect(backendOf(load(text))?.broken).toContain('has no key client-secret')
  })

  it('does not exchange tokens yet', () => {
    const oidcExchangeToken = { oidc: { provider: { issuer: 'https://i' }, clientID: 'x' } }
    expect(backendOf(load(complete(azure({ oidcExchangeToken }))))?.auth).toEqual({
      type: 'Unsupported',
      credential: 'AzureCredentials with oidcExchangeToken',
    })
  })
})
