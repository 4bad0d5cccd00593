import { describe, expect, it } from 'vitest'
import { credentialTypes } from '../../../../src/config/resources/backend-security-policy.ts'
import { workingCredentials } from '../../../../src/config/working.ts'
import { complete, load, messages, resource, said } from '../support.ts'

const at = 'BackendSecurityPolicy default/p: '
const targetRefs = [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }]
const secretRef = { name: 's' }
const oidc = { provider: { issuer: 'https://idp.example.com' }, clientID: 'c' }
const secret = resource('Secret', 's', { stringData: { apiKey: 'k', credentials: '[default]' } })

function withSpec(spec: object) {
  return load(
    complete(secret, resource('BackendSecurityPolicy', 'p', { spec: { targetRefs, ...spec } })),
  )
}

const members = {
  apiKey: { secretRef },
  awsCredentials: { region: 'us-east-1' },
  azureAPIKey: { secretRef },
  azureCredentials: { clientID: 'c', tenantID: 't', clientSecretRef: secretRef },
  gcpCredentials: { projectName: 'p', region: 'r' },
  anthropicAPIKey: { secretRef },
} as const

const types = {
  APIKey: 'apiKey',
  AWSCredentials: 'awsCredentials',
  AzureAPIKey: 'azureAPIKey',
  AzureCredentials: 'azureCredentials',
  GCPCredentials: 'gcpCredentials',
  AnthropicAPIKey: 'anthropicAPIKey',
} as const

describe('BackendSecurityPolicy', () => {
  it.each(Object.entries(types))('of type %s has %s alone', (type, member) => {
    const other = member === 'apiKey' ? 'awsCredentials' : 'apiKey'
    const text = `${at}spec: When type is ${type}, only ${member} field should be set`
    const own = { type, [member]: members[member] }
    expect(messages(withSpec(own), 'error')).toEqual([])
    expect(messages(withSpec({ type }), 'error')).toEqual([text])
    expect(messages(withSpec({ ...own, [other]: members[other] }), 'error')).toEqual([text])
    expect(messages(withSpec({ type, [other]: members[other] }), 'error')).toEqual([text])
  })

  const unsupported = credentialTypes.filter((type) => !workingCredentials.has(type))

  it.each(unsupported)('of type %s loads and does not work yet', (type) => {
    const member = types[type]
    const result = withSpec({ type, [member]: members[member] })
    expect(result.diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.credential', path: 'spec.type' },
    ])
    expect(result.spec?.backends['default/a']?.auth).toEqual({
      type: 'Unsupported',
      credential: type,
    })
  })

  it.each<[object, string]>([
    [{ apiKey: members.apiKey }, 'spec.type: Required value'],
    [
      { type: 'X' },
      'spec.type: Unsupported value: "X": supported values: "APIKey", "AWSCredentials", "AzureAPIKey", "AzureCredentials", "GCPCredentials", "AnthropicAPIKey"',
    ],
    [
      { type: '' },
      'spec.type: Unsupported value: "": supported values: "APIKey", "AWSCredentials", "AzureAPIKey", "AzureCredentials", "GCPCredentials", "AnthropicAPIKey"',
    ],
    [
      { type: 'AzureCredentials', azureCredentials: { clientID: 'c', tenantID: 't' } },
      'spec.azureCredentials: Exactly one of clientSecretRef or oidcExchangeToken must be specified',
    ],
    [
      {
        type: 'AzureCredentials',
        azureCredentials: { ...members.azureCredentials, oidcExchangeToken: { oidc } },
      },
      'spec.azureCredentials: Exactly one of clientSecretRef or oidcExchangeToken must be specified',
    ],
    [
      { type: 'AzureCredentials', azureCredentials: { ...members.azureCredentials, clientID: '' } },
      'spec.azureCredentials.clientID: Invalid value: "": spec.azureCredentials.clientID in body should be at least 1 chars long',
    ],
    [
      { type: 'AzureCredentials', azureCredentials: { ...members.azureCredentials, tenantID: '' } },
      'spec.azureCredentials.tenantID: Invalid value: "": spec.azureCredentials.tenantID in body should be at least 1 chars long',
    ],
    [
      {
        type: 'GCPCredentials',
        gcpCredentials: {
          ...members.gcpCredentials,
          credentialsFile: { secretRef },
          workloadIdentityFederationConfig: {
            projectID: '1',
            workloadIdentityPoolName: 'p',
            workloadIdentityProviderName: 'q',
            oidcExchangeToken: { oidc },
          },
        },
      },
      'spec.gcpCredentials: At most one of credentialsFile or workloadIdentityFederationConfig may be specified',
    ],
    [{ type: 'AWSCredentials', awsCredentials: {} }, 'spec.awsCredentials.region: Required value'],
    [{ type: 'APIKey', apiKey: {} }, 'spec.apiKey.secretRef: Required value'],
    [
      { type: 'APIKey', apiKey: members.apiKey, credentialOverride: {} },
      'spec.credentialOverride: exactly one of fromRequestHeaders or fromDynamicMetadata must be specified',
    ],
    [
      {
        type: 'APIKey',
        apiKey: members.apiKey,
        credentialOverride: { fromRequestHeaders: {}, fromDynamicMetadata: {} },
      },
      'spec.credentialOverride: exactly one of fromRequestHeaders or fromDynamicMetadata must be specified',
    ],
    ...[
      { group: 'invalid.io', kind: 'AIServiceBackend', name: 'a' },
      { group: 'aigateway.envoyproxy.io', kind: 'AIGatewayRoute', name: 'a' },
      { group: 'aigateway.envoyproxy.io', kind: 'InferencePool', name: 'a' },
    ].map((target): [object, string] => [
      { type: 'APIKey', apiKey: members.apiKey, targetRefs: [target] },
      'spec.targetRefs: targetRefs must reference AIServiceBackend or InferencePool resources',
    ]),
  ])('refuses %j', (spec, text) => {
    expect(messages(withSpec(spec), 'error')).toEqual([at + text])
  })

  it('says where the kind of a target is mistyped', () => {
    const targets = [{ ...targetRefs[0], kind: 'AIServiceBackned' }]
    const { diagnostics, spec } = withSpec({
      type: 'APIKey',
      apiKey: members.apiKey,
      targetRefs: targets,
    })
    expect(spec).toBeUndefined()
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        path: 'spec.targetRefs[0].kind',
        message: `${at}spec.targetRefs[0].kind: Unsupported value: "AIServiceBackned": did you mean AIServiceBackend?`,
      }),
    )
  })

  it('loads with an inference pool as target, which has no effect', () => {
    const pool = { group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'x' }
    const result = withSpec({ type: 'APIKey', apiKey: members.apiKey, targetRefs: [pool] })
    expect(result.spec?.backends['default/a']).not.toHaveProperty('auth')
    expect(result.diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.inference-pool', path: 'spec.targetRefs[0]' },
    ])
  })

  it('may have no target at all, and is then of no use', () => {
    expect(
      said(withSpec({ type: 'APIKey', apiKey: members.apiKey, targetRefs: undefined })),
    ).toEqual([
      '11:1 warning ignored.unused: BackendSecurityPolicy default/p: has no targetRefs and applies to nothing',
    ])
  })

  it.each([
    [
      { type: 'GCPCredentials', gcpCredentials: members.gcpCredentials },
      'Exactly one of credentialsFile or workloadIdentityFederationConfig must be specified in v1alpha1',
    ],
    [
      {
        type: 'APIKey',
        apiKey: members.apiKey,
        credentialOverride: { fromRequestHeaders: {} },
      },
      'v1alpha1 has no credentialOverride: a cluster drops it; write v1beta1',
    ],
    [{ type: 'APIKey', apiKey: members.apiKey }, undefined],
  ])('of the older version says what a cluster makes of it: %j', (spec, text) => {
    const policy = resource('BackendSecurityPolicy', 'p', { spec: { targetRefs, ...spec } })
    const older = { ...policy, apiVersion: 'aigateway.envoyproxy.io/v1alpha1' }
    const said = messages(load(complete(secret, older)), 'warning')
    expect(said.filter((one) => !one.includes('deprecated'))).toEqual(
      text === undefined ? [] : [at + text],
    )
    expect(messages(withSpec(spec), 'warning')).toEqual([])
  })
})
