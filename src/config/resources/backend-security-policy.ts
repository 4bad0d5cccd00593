// BackendSecurityPolicy (https://aigateway.envoyproxy.io/docs/api/): the gateway's credential at a backend.
import * as v from 'valibot'
import { isRecord } from '../../json/is-record.ts'
import { advise, atMost, ignored } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName, secretReference, targetKind } from '../fields/names.ts'
import { headerName, nonEmptyText } from '../fields/values.ts'
import { aiGatewayGroup, inferenceGroup } from '../groups.ts'

const keyReference = v.object({ secretRef: secretReference })

// Read where it is used; a cluster checks the rest.
const tokenExchange = v.looseObject({
  oidc: v.looseObject({ provider: v.looseObject({ issuer: v.string() }) }),
})

const awsCredentials = v.object({
  region: nonEmptyText('spec.awsCredentials.region'),
  credentialsFile: v.optional(
    v.object({ secretRef: secretReference, profile: v.optional(v.string(), 'default') }),
  ),
  oidcExchangeToken: v.optional(
    v.object({
      ...tokenExchange.entries,
      awsRoleArn: v.string(),
      grantType: v.optional(v.string()),
      aud: v.optional(v.string()),
    }),
  ),
})

const azureCredentials = v.pipe(
  v.object({
    clientID: nonEmptyText('spec.azureCredentials.clientID'),
    tenantID: nonEmptyText('spec.azureCredentials.tenantID'),
    clientSecretRef: v.optional(secretReference),
    oidcExchangeToken: v.optional(tokenExchange),
  }),
  v.check(
    ({ clientSecretRef, oidcExchangeToken }) =>
      (clientSecretRef === undefined) !== (oidcExchangeToken === undefined),
    'Exactly one of clientSecretRef or oidcExchangeToken must be specified',
  ),
)

const gcpCredentials = v.pipe(
  v.object({
    projectName: nonEmptyText('spec.gcpCredentials.projectName'),
    region: nonEmptyText('spec.gcpCredentials.region'),
    credentialsFile: v.optional(v.object({ secretRef: secretReference })),
    workloadIdentityFederationConfig: v.optional(
      v.object({
        projectID: v.string(),
        workloadIdentityPoolName: v.string(),
        workloadIdentityProviderName: v.string(),
        serviceAccountImpersonation: v.optional(v.object({ serviceAccountName: v.string() })),
        oidcExchangeToken: tokenExchange,
      }),
    ),
  }),
  v.check(
    ({ credentialsFile, workloadIdentityFederationConfig }) =>
      credentialsFile === undefined || workloadIdentityFederationConfig === undefined,
    'At most one of credentialsFile or workloadIdentityFederationConfig may be specified',
  ),
)

const credentialOverride = v.pipe(
  v.object({
    fromRequestHeaders: v.optional(
      v.object({
        header: v.optional(headerName),
        fallbackToConfigured: v.optional(v.boolean(), true),
      }),
    ),
    fromDynamicMetadata: v.optional(
      v.object({
        namespace: v.optional(v.string()),
        key: v.optional(v.string()),
        fallbackToConfigured: v.optional(v.boolean(), true),
      }),
    ),
  }),
  v.check(
    ({ fromRequestHeaders, fromDynamicMetadata }) =>
      (fromRequestHeaders === undefined) !== (fromDynamicMetadata === undefined),
    'exactly one of fromRequestHeaders or fromDynamicMetadata must be specified',
  ),
)

const target = v.object({
  group: v.string(),
  kind: targetKind('AIServiceBackend', 'InferencePool'),
  name: referenceName,
  namespace: ignored('is ignored: a policy applies in its own namespace'),
  sectionName: ignored(),
})

/** The member that belongs to each type. */
const memberOfType = {
  APIKey: 'apiKey',
  AWSCredentials: 'awsCredentials',
  AzureAPIKey: 'azureAPIKey',
  AzureCredentials: 'azureCredentials',
  GCPCredentials: 'gcpCredentials',
  AnthropicAPIKey: 'anthropicAPIKey',
} as const

export type CredentialType = keyof typeof memberOfType

export const credentialTypes = [
  'APIKey',
  'AWSCredentials',
  'AzureAPIKey',
  'AzureCredentials',
  'GCPCredentials',
  'AnthropicAPIKey',
] as const satisfies readonly CredentialType[]

const members = v.object({
  targetRefs: v.optional(
    v.pipe(
      v.array(target),
      atMost(16),
      v.check(
        (items) =>
          items.every(
            ({ group, kind }) =>
              (group === aiGatewayGroup && kind === 'AIServiceBackend') ||
              (group === inferenceGroup && kind === 'InferencePool'),
          ),
        'targetRefs must reference AIServiceBackend or InferencePool resources',
      ),
    ),
    [],
  ),
  type: v.picklist(credentialTypes),
  apiKey: v.optional(keyReference),
  awsCredentials: v.optional(awsCredentials),
  azureAPIKey: v.optional(keyReference),
  azureCredentials: v.optional(azureCredentials),
  gcpCredentials: v.optional(gcpCredentials),
  anthropicAPIKey: v.optional(keyReference),
  credentialOverride: v.optional(credentialOverride),
})

function hasOnlyItsMember(spec: v.InferOutput<typeof members>): boolean {
  return credentialTypes.every(
    (type) => (spec[memberOfType[type]] !== undefined) === (type === spec.type),
  )
}

export const backendSecurityPolicy = v.pipe(
  resourceObject({
    spec: v.pipe(
      members,
      v.check(hasOnlyItsMember, ({ input }) => {
        const type = input.type
        return `When type is ${type}, only ${memberOfType[type]} field should be set`
      }),
    ),
  }),
  advise('schema.version', describeNewerMembers),
)

/** What this version of the kind does not have, or wants otherwise. */
function describeNewerMembers(resource: unknown): string | undefined {
  if (!isRecord(resource) || !String(resource.apiVersion).endsWith('/v1alpha1')) return undefined
  const { spec } = resource
  if (!isRecord(spec)) return undefined
  if (spec.credentialOverride !== undefined) {
    return 'v1alpha1 has no credentialOverride: a cluster drops it; write v1beta1'
  }
  const { gcpCredentials } = spec
  if (!isRecord(gcpCredentials)) return undefined
  const { credentialsFile, workloadIdentityFederationConfig } = gcpCredentials
  return credentialsFile === undefined && workloadIdentityFederationConfig === undefined
    ? 'Exactly one of credentialsFile or workloadIdentityFederationConfig must be specified in v1alpha1'
    : undefined
}
