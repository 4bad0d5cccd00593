// MCPRoute (https://aigateway.envoyproxy.io/docs/api/): MCP servers behind one endpoint.
import * as v from 'valibot'
import { celExpression } from '../fields/cel.ts'
import {
  apiKeyAuth,
  claimRequirement,
  claimToHeaders,
  extAuth,
  httpUrl,
  keySets,
} from '../fields/client-auth.ts'
import { advise, atMost } from '../fields/marks.ts'
import { headerMatches } from '../fields/matches.ts'
import { resourceObject } from '../fields/metadata.ts'
import { backendReference, parentReferences, secretReference } from '../fields/names.ts'
import { areUnique, headerName, hostname, invalid } from '../fields/values.ts'

const path = v.pipe(
  v.string(),
  v.startsWith('/', invalid('must begin with /')),
  advise('schema.too-long', (value) =>
    typeof value === 'string' && value.length > 1024
      ? 'Too long: may not be more than 1024 bytes'
      : undefined,
  ),
)

const toolNames = v.optional(v.pipe(v.array(v.string()), atMost(32)))

const toolSelector = v.pipe(
  v.object({
    include: toolNames,
    includeRegex: toolNames,
    exclude: toolNames,
    excludeRegex: toolNames,
  }),
  v.check(
    ({ include, includeRegex, exclude, excludeRegex }) =>
      [include, includeRegex, exclude, excludeRegex].some((list) => list !== undefined),
    'at least one of include, includeRegex, exclude, or excludeRegex must be specified',
  ),
  v.check(
    ({ include, includeRegex }) => include === undefined || includeRegex === undefined,
    'include and includeRegex are mutually exclusive',
  ),
  v.check(
    ({ exclude, excludeRegex }) => exclude === undefined || excludeRegex === undefined,
    'exclude and excludeRegex are mutually exclusive',
  ),
)

const backendKey = v.pipe(
  v.object({
    secretRef: v.optional(secretReference),
    inline: v.optional(v.string()),
    header: v.optional(headerName),
    queryParam: v.optional(v.pipe(v.string(), v.nonEmpty(invalid('must not be empty')))),
  }),
  v.check(
    ({ secretRef, inline }) => (secretRef === undefined) !== (inline === undefined),
    'exactly one of secretRef or inline must be set',
  ),
  v.check(
    ({ header, queryParam }) => header === undefined || queryParam === undefined,
    'only one of header or queryParam can be set',
  ),
)

const backend = v.object({
  ...backendReference.entries,
  path: v.optional(path, '/mcp'),
  toolSelector: v.optional(toolSelector),
  securityPolicy: v.optional(v.object({ apiKey: v.optional(backendKey) })),
  forwardHeaders: v.optional(
    v.pipe(
      v.array(v.object({ name: headerName, backendHeader: v.optional(headerName) })),
      atMost(32),
    ),
  ),
})

const jwks = v.pipe(
  v.object(keySets),
  v.check(
    ({ remoteJWKS, localJWKS }) => remoteJWKS !== undefined || localJWKS !== undefined,
    'either remoteJWKS or localJWKS must be specified.',
  ),
  v.check(
    ({ remoteJWKS, localJWKS }) => remoteJWKS === undefined || localJWKS === undefined,
    'remoteJWKS and localJWKS cannot both be specified.',
  ),
)

const texts = v.array(v.string())

const oauth = v.object({
  issuer: httpUrl,
  audiences: v.pipe(texts, v.minLength(1, 'must have at least 1 items'), atMost(32)),
  jwks: v.optional(jwks),
  claimToHeaders: v.optional(claimToHeaders),
  protectedResourceMetadata: v.object({
    resource: v.pipe(v.string(), v.nonEmpty(invalid('must not be empty'))),
    resourceName: v.optional(v.string()),
    scopesSupported: v.optional(v.pipe(texts, atMost(32))),
    resourceSigningAlgValuesSupported: v.optional(v.pipe(texts, atMost(16))),
    resourceDocumentation: v.optional(v.string()),
    resourcePolicyUri: v.optional(v.string()),
  }),
})

const tokenSource = v.pipe(
  v.object({
    scopes: v.optional(v.pipe(texts, atMost(16))),
    claims: v.optional(
      v.pipe(
        v.array(claimRequirement),
        atMost(16),
        v.check(
          (items) => items.every(({ name }) => name !== 'scope'),
          "'scope' claim name is reserved for OAuth scopes",
        ),
      ),
    ),
  }),
  v.check(
    ({ scopes = [], claims = [] }) => scopes.length > 0 || claims.length > 0,
    'either scopes or claims must be specified',
  ),
)

const action = v.picklist(['Allow', 'Deny'])

const authorization = v.object({
  defaultAction: v.optional(action, 'Deny'),
  rules: v.optional(
    v.pipe(
      v.array(
        v.object({
          action: v.optional(action, 'Allow'),
          cel: v.optional(celExpression),
          target: v.optional(
            v.object({
              tools: v.pipe(
                v.array(v.object({ backend: v.string(), tool: v.string() })),
                v.minLength(1, 'must have at least 1 items'),
                atMost(16),
              ),
            }),
          ),
          source: v.optional(v.object({ jwt: tokenSource })),
        }),
      ),
      atMost(32),
    ),
    [],
  ),
})

const securityPolicy = v.pipe(
  v.object({
    oauth: v.optional(oauth),
    apiKeyAuth: v.optional(apiKeyAuth),
    extAuth: v.optional(extAuth),
    authorization: v.optional(authorization),
  }),
  v.check(
    (policy) =>
      policy.oauth !== undefined ||
      !policy.authorization?.rules.some(({ source }) => source !== undefined),
    'oauth must be configured when any authorization rule uses a jwt source',
  ),
)

const backendSelector = v.object({
  defaultAction: v.optional(action, 'Deny'),
  rules: v.optional(
    v.pipe(
      v.array(v.object({ action: v.optional(action, 'Allow'), cel: celExpression })),
      atMost(32),
    ),
    [],
  ),
})

export const mcpRoute = resourceObject({
  spec: v.object({
    parentRefs: v.pipe(parentReferences, v.minLength(1, 'must have at least 1 items')),
    path: v.optional(path, '/mcp'),
    headers: v.optional(headerMatches),
    hostnames: v.optional(v.pipe(v.array(hostname), atMost(16)), []),
    backendRefs: v.pipe(
      v.array(backend),
      v.minLength(1, 'must have at least 1 items'),
      atMost(256),
      v.check(
        (items) => areUnique(items, ({ name }) => name),
        'all backendRefs names must be unique',
      ),
    ),
    securityPolicy: v.optional(securityPolicy),
    backendSelector: v.optional(backendSelector),
  }),
})
