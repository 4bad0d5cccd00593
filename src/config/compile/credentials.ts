// BackendSecurityPolicies to what a backend proves itself with.
import type { AuthSpec, CredentialOverrideSpec } from '../config.ts'
import type { SecretReference } from '../fields/names.ts'
import { inferenceGroup } from '../groups.ts'
import type { Resource } from '../resource-set.ts'
import type { CredentialType } from '../resources/backend-security-policy.ts'
import { workingCredentials } from '../working.ts'
import type { Compilation } from './compilation.ts'
import { warnOfEmptyChain } from './lacking.ts'
import { checkKeyText, readSecretValue } from './secret-values.ts'

export interface BackendCredential {
  readonly auth?: AuthSpec
  readonly broken?: string
}

type Policy = Resource<'BackendSecurityPolicy'>

/** Where a credential of the request is looked for unless the policy says otherwise. */
const defaultOverrideHeaders: Readonly<Record<CredentialType, string>> = {
  APIKey: 'x-aigw-api-key',
  AnthropicAPIKey: 'x-aigw-anthropic-api-key',
  AzureAPIKey: 'x-aigw-azure-api-key',
  AzureCredentials: 'x-aigw-azure-access-token',
  GCPCredentials: 'x-aigw-gcp-access-token',
  AWSCredentials: 'x-aigw-aws-',
}

/** Compiles each policy once; the answer gives a backend's credential by the backend's name. */
export function compileCredentials(
  compilation: Compilation,
): (backend: Resource<'AIServiceBackend'>) => BackendCredential {
  const byTarget = new Map<string, Set<Policy>>()
  for (const policy of compilation.resources.all('BackendSecurityPolicy')) {
    for (const target of findTargets(compilation, policy)) {
      byTarget.set(target, (byTarget.get(target) ?? new Set()).add(policy))
    }
  }
  const compiled = new Map<Policy, BackendCredential>()
  return (backend) => {
    const [policy, ...more] = byTarget.get(`${backend.namespace}/${backend.name}`) ?? []
    if (policy === undefined) return {}
    if (more.length > 0) return reportSeveral(compilation, backend, [policy, ...more])
    const known = compiled.get(policy) ?? compilePolicy(compilation, policy)
    compiled.set(policy, known)
    return known
  }
}

/** `namespace/name` of the AIServiceBackends that a policy names. */
function findTargets({ resources, report }: Compilation, policy: Policy): string[] {
  const { namespace } = policy
  return policy.value.spec.targetRefs.flatMap(({ group, name }, index) => {
    const path = ['spec', 'targetRefs', index]
    if (group === inferenceGroup) {
      report(policy, {
        severity: 'warning',
        code: 'unsupported.inference-pool',
        path,
        text: 'an InferencePool needs a Kubernetes endpoint picker; the target has no effect',
      })
      return []
    }
    if (resources.find('AIServiceBackend', namespace, name) === undefined) {
      const missing = { kind: 'AIServiceBackend', namespace, name } as const
      // A slip here must not send requests without their credential.
      const effect = 'the credential would not be sent'
      const severity = 'error'
      resources.reportMissing(
        policy,
        { ...missing, path: [...path, 'name'], severity, effect },
        report,
      )
    }
    return [`${namespace}/${name}`]
  })
}

function reportSeveral(
  { report }: Compilation,
  backend: Resource<'AIServiceBackend'>,
  policies: readonly Policy[],
): BackendCredential {
  const names = policies.map(({ name }) => name).join(', ')
  const text = `multiple BackendSecurityPolicies found for AIServiceBackend ${backend.namespace}/${backend.name}: ${names}`
  for (const policy of policies.slice(1)) {
    report(policy, {
      severity: 'warning',
      code: 'ref.several-policies',
      path: ['spec', 'targetRefs'],
      text: `${text}; its requests fail`,
    })
  }
  return { broken: text }
}

function compilePolicy(compilation: Compilation, policy: Policy): BackendCredential {
  const {
    type,
    apiKey,
    anthropicAPIKey,
    azureAPIKey,
    azureCredentials,
    awsCredentials,
    gcpCredentials,
  } = policy.value.spec
  const override = compileOverride(compilation, policy)
  if (override.broken !== undefined) return { broken: override.broken }
  const extra = override.spec === undefined ? {} : { override: override.spec }
  if (type === 'APIKey' && apiKey !== undefined) {
    return compileApiKey(compilation, policy, 'apiKey', apiKey.secretRef, extra)
  }
  if (type === 'AnthropicAPIKey' && anthropicAPIKey !== undefined) {
    return compileApiKey(compilation, policy, 'anthropicAPIKey', anthropicAPIKey.secretRef, extra)
  }
  if (type === 'AzureAPIKey' && azureAPIKey !== undefined) {
    return compileApiKey(compilation, policy, 'azureAPIKey', azureAPIKey.secretRef, extra)
  }
  if (type === 'AzureCredentials' && azureCredentials !== undefined) {
    if (azureCredentials.clientSecretRef !== undefined) {
      const { clientSecretRef } = azureCredentials
      return compileAzure(compilation, policy, { ...azureCredentials, clientSecretRef }, extra)
    }
    return reportUnsupported(
      compilation,
      policy,
      ['spec', 'azureCredentials', 'oidcExchangeToken'],
      'AzureCredentials with oidcExchangeToken',
    )
  }
  if (type === 'AWSCredentials' && awsCredentials !== undefined) {
    if (awsCredentials.oidcExchangeToken === undefined) {
      return compileAws(compilation, policy, awsCredentials, extra)
    }
    return reportUnsupported(
      compilation,
      policy,
      ['spec', 'awsCredentials', 'oidcExchangeToken'],
      'AWSCredentials with oidcExchangeToken',
    )
  }
  if (type === 'GCPCredentials' && gcpCredentials !== undefined) {
    if (gcpCredentials.workloadIdentityFederationConfig === undefined) {
      return compileGcp(compilation, policy, gcpCredentials, extra)
    }
    return reportUnsupported(
      compilation,
      policy,
      ['spec', 'gcpCredentials', 'workloadIdentityFederationConfig'],
      'GCPCredentials with workloadIdentityFederationConfig',
    )
  }
  return reportUnsupported(compilation, policy, ['spec', 'type'], type)
}

interface Extra {
  readonly override?: CredentialOverrideSpec
}

/** Credentials that are one key, by the field that names its Secret. */
const keyTypes = {
  apiKey: 'APIKey',
  anthropicAPIKey: 'AnthropicAPIKey',
  azureAPIKey: 'AzureAPIKey',
} as const

function compileApiKey(
  compilation: Compilation,
  policy: Policy,
  field: keyof typeof keyTypes,
  secretRef: { readonly name: string; readonly namespace?: string | undefined },
  extra: Extra,
): BackendCredential {
  const base = { type: keyTypes[field], ...extra }
  const path = ['spec', field, 'secretRef']
  if (needsNoSecret(compilation, policy, secretRef.name, extra)) return { auth: base }
  const value = readSecretValue(compilation, policy, path, secretRef, 'apiKey')
  if (value.kind === 'broken') return { broken: value.reason }
  if (value.kind === 'none') return { auth: { ...base, missing: value.missing } }
  const key = checkKeyText(compilation, policy, path, secretRef, value.text)
  return { auth: { ...base, ...(key === undefined ? {} : { key }) } }
}

function compileAzure(
  compilation: Compilation,
  policy: Policy,
  azure: {
    readonly tenantID: string
    readonly clientID: string
    readonly clientSecretRef: SecretReference
  },
  extra: Extra,
): BackendCredential {
  const { tenantID: tenantId, clientID: clientId, clientSecretRef } = azure
  const authority = compilation.environment.AZURE_AUTHORITY_HOST?.trim()
  const base = {
    type: 'AzureCredentials',
    tenantId,
    clientId,
    ...(authority ? { authority } : {}),
    ...extra,
  } as const
  if (needsNoSecret(compilation, policy, clientSecretRef.name, extra)) return { auth: base }
  const path = ['spec', 'azureCredentials', 'clientSecretRef']
  const value = readSecretValue(compilation, policy, path, clientSecretRef, 'client-secret')
  if (value.kind === 'broken') return { broken: value.reason }
  if (value.kind === 'none') return { auth: { ...base, missing: value.missing } }
  return { auth: { ...base, clientSecret: value.text } }
}

function compileAws(
  compilation: Compilation,
  policy: Policy,
  aws: NonNullable<Policy['value']['spec']['awsCredentials']>,
  extra: Extra,
): BackendCredential {
  const base = { type: 'AWSCredentials', region: aws.region, ...extra } as const
  const { credentialsFile } = aws
  if (credentialsFile === undefined) {
    const missing = warnOfEmptyChain(compilation, policy, 'awsCredentials')
    return { auth: { ...base, ...(missing === undefined ? {} : { missing }) } }
  }
  const { secretRef, profile } = credentialsFile
  if (needsNoSecret(compilation, policy, secretRef.name, extra)) return { auth: base }
  const path = ['spec', 'awsCredentials', 'credentialsFile', 'secretRef']
  const value = readSecretValue(compilation, policy, path, secretRef, 'credentials')
  if (value.kind === 'broken') return { broken: value.reason }
  if (value.kind === 'none') return { auth: { ...base, missing: value.missing } }
  return { auth: { ...base, file: { text: value.text, profile } } }
}

function compileGcp(
  compilation: Compilation,
  policy: Policy,
  gcp: NonNullable<Policy['value']['spec']['gcpCredentials']>,
  extra: Extra,
): BackendCredential {
  const { projectName: project, region, credentialsFile } = gcp
  const base = { type: 'GCPCredentials', project, region, ...extra } as const
  if (credentialsFile === undefined) {
    const missing = warnOfEmptyChain(compilation, policy, 'gcpCredentials')
    return { auth: { ...base, ...(missing === undefined ? {} : { missing }) } }
  }
  const { secretRef } = credentialsFile
  if (needsNoSecret(compilation, policy, secretRef.name, extra)) return { auth: base }
  const path = ['spec', 'gcpCredentials', 'credentialsFile', 'secretRef']
  const value = readSecretValue(compilation, policy, path, secretRef, 'service_account.json')
  if (value.kind === 'broken') return { broken: value.reason }
  if (value.kind === 'none') return { auth: { ...base, missing: value.missing } }
  return { auth: { ...base, serviceAccount: value.text } }
}

/** A credential that always comes with the request leaves the Secret optional. */
function needsNoSecret(
  { resources }: Compilation,
  policy: Policy,
  secret: string,
  { override }: Extra,
): boolean {
  return (
    override?.fallbackToConfigured === false &&
    resources.find('Secret', policy.namespace, secret) === undefined
  )
}

interface CompiledOverride {
  readonly spec?: CredentialOverrideSpec
  readonly broken?: string
}

function compileOverride({ report }: Compilation, policy: Policy): CompiledOverride {
  const { credentialOverride, type } = policy.value.spec
  const { fromRequestHeaders, fromDynamicMetadata } = credentialOverride ?? {}
  if (fromRequestHeaders !== undefined) {
    const { header = defaultOverrideHeaders[type], fallbackToConfigured } = fromRequestHeaders
    return { spec: { header, fallbackToConfigured } }
  }
  if (fromDynamicMetadata === undefined) return {}
  const { fallbackToConfigured } = fromDynamicMetadata
  report(policy, {
    severity: 'warning',
    code: 'unsupported.field',
    path: ['spec', 'credentialOverride', 'fromDynamicMetadata'],
    text: `is not supported yet; ${
      fallbackToConfigured ? 'the configured credential is used' : 'requests that need it fail'
    }`,
  })
  return fallbackToConfigured
    ? {}
    : { broken: 'credentialOverride.fromDynamicMetadata is not supported yet' }
}

function reportUnsupported(
  { report }: Compilation,
  policy: Policy,
  path: readonly string[],
  credential: string,
): BackendCredential {
  const known = workingCredentials.has(policy.value.spec.type) ? 'option' : 'type'
  report(policy, {
    severity: 'warning',
    code: 'unsupported.credential',
    path,
    text: `credential ${known} ${credential} is not supported yet; requests that need it fail`,
  })
  return { auth: { type: 'Unsupported', credential } }
}
