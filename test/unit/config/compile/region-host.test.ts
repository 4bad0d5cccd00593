import { describe, expect, it } from 'vitest'
import {
  backend,
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  resource,
  route,
  serviceBackend,
} from '../support.ts'

const policy = (type: 'AWSCredentials' | 'GCPCredentials', region: string) => {
  const credentials =
    type === 'AWSCredentials'
      ? { awsCredentials: { region } }
      : { gcpCredentials: { projectName: 'p', region } }
  const target = { group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' }
  return resource('BackendSecurityPolicy', 'p', {
    spec: { targetRefs: [target], type, ...credentials },
  })
}

const withoutRef = (schema: string) =>
  resource('AIServiceBackend', 'b', { spec: { schema: { name: schema } } })

const missingRef =
  'AIServiceBackend default/b: spec: has no backendRef, which a cluster does not accept'

describe('a backend without a host', () => {
  it.each([
    ['AWSBedrock', 'eu-west-1', 'bedrock-runtime.eu-west-1.amazonaws.com'],
    ['AWSAnthropic', 'us-gov-west-1', 'bedrock-runtime.us-gov-west-1.amazonaws.com'],
    ['AWSBedrock', 'cn-north-1', 'bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    ['GCPVertexAI', 'europe-west4', 'europe-west4-aiplatform.googleapis.com'],
    ['GCPAnthropic', 'us-east5', 'us-east5-aiplatform.googleapis.com'],
    ['GCPVertexAI', 'global', 'aiplatform.googleapis.com'],
    ['GCPVertexAI', 'us', 'aiplatform.us.rep.googleapis.com'],
    ['GCPAnthropic', 'eu', 'aiplatform.eu.rep.googleapis.com'],
  ])('of schema %s in region %s is %s, by TLS', (schema, region, host) => {
    const type = schema.startsWith('AWS') ? 'AWSCredentials' : 'GCPCredentials'
    const result = load(complete(withoutRef(schema), policy(type, region)))
    expect(messages(result)).toEqual([missingRef])
    expect(result.spec?.backends['default/b']).toMatchObject({
      endpoints: [{ kind: 'fqdn', host, port: 443 }],
      tls: { hostname: host },
    })
  })

  it('may refer to a Backend without endpoints, whose TLS holds', () => {
    const result = load(
      complete(
        backend('b', { endpoints: [], tls: { sni: 'bedrock.internal' } }),
        serviceBackend('b', { schema: { name: 'AWSBedrock' } }),
        policy('AWSCredentials', 'us-west-2'),
      ),
    )
    expect(messages(result)).toEqual([
      'Backend default/b: spec: must have at least 1 endpoints in a cluster',
    ])
    expect(result.spec?.backends['default/b']).toMatchObject({
      endpoints: [{ kind: 'fqdn', host: 'bedrock-runtime.us-west-2.amazonaws.com', port: 443 }],
      tls: { hostname: 'bedrock.internal' },
    })
  })

  it('is an error where a cluster shall take the configuration', () => {
    const text = complete(withoutRef('AWSBedrock'), policy('AWSCredentials', 'us-west-2'))
    expect(messages(load(text, { clusterRules: 'error' }), 'error')).toEqual([missingRef])
  })

  it.each([
    [
      'AWSBedrock',
      'neither a host nor a region is known: say which Backend to call, or in which region by a BackendSecurityPolicy of type AWSCredentials',
    ],
    [
      'GCPVertexAI',
      'neither a host nor a region is known: say which Backend to call, or in which region by a BackendSecurityPolicy of type GCPCredentials',
    ],
    ['OpenAI', 'schema OpenAI has no host of its own: say which Backend to call'],
  ])('and without a region is an error for schema %s', (schema, text) => {
    const result = load(complete(withoutRef(schema)))
    expect(messages(result, 'error')).toEqual([`AIServiceBackend default/b: spec: ${text}`])
  })

  it('whose Backend has no endpoints either is an error for schema OpenAI', () => {
    const result = load(complete(backend('b', { endpoints: [] }), serviceBackend('b')))
    expect(messages(result, 'error')).toEqual([
      'AIServiceBackend default/b: spec.backendRef: Backend b has no endpoints, and schema OpenAI has no host of its own: say which Backend to call',
    ])
  })

  it('does not take the region of another cloud', () => {
    const result = load(complete(withoutRef('AWSBedrock'), policy('GCPCredentials', 'global')))
    expect(messages(result, 'error')).toEqual([
      expect.stringContaining('neither a host nor a region is known'),
    ])
  })

  it('does not make a host of a region that is none', () => {
    const region = 'us-east-1.attacker.test/'
    const result = load(complete(withoutRef('AWSBedrock'), policy('AWSCredentials', region)))
    expect(messages(result, 'error')).toEqual([
      `AIServiceBackend default/b: spec: region "${region}" cannot be a part of a host's name`,
    ])
  })

  it('is not spoken of where the credential is broken already', () => {
    const broken = { secretRef: { name: 'nowhere' } }
    const target = { group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'b' }
    const result = load(
      documents(
        gatewayClass,
        gateway(),
        route([{ backendRefs: [{ name: 'b' }] }]),
        withoutRef('AWSBedrock'),
        resource('BackendSecurityPolicy', 'p', {
          spec: {
            targetRefs: [target],
            type: 'AWSCredentials',
            awsCredentials: { region: 'us-east-1', credentialsFile: broken },
          },
        }),
      ),
    )
    expect(messages(result).filter((text) => text.includes('host'))).toEqual([])
    expect(messages(result).join()).toContain('nowhere')
  })
})
