// How clients prove themselves, as SecurityPolicy and MCPRoute say it
// (https://gateway.envoyproxy.io/docs/api/extension_types/#securitypolicyspec).
import * as v from 'valibot'
import { atMost, ignored } from './marks.ts'
import { backendReference, referenceName, secretReference } from './names.ts'
import { duration, headerName, integer, invalid } from './values.ts'

/** An absolute http or https URL. */
export const httpUrl = v.pipe(
  v.string(),
  v.check((text) => /^https?:\/\/[^\s/?#]+/.test(text), invalid('must be an http or https URL')),
)

const names = v.array(v.pipe(v.string(), v.nonEmpty(invalid('must not be empty'))))

const keySource = v.pipe(
  v.object({
    headers: v.optional(v.array(headerName)),
    params: v.optional(names),
    cookies: v.optional(names),
  }),
  v.check(
    (source) => Object.values(source).some((list) => list !== undefined && list.length > 0),
    'at least one of headers, params or cookies must be specified',
  ),
)

export const apiKeyAuth = v.object({
  credentialRefs: v.pipe(v.array(secretReference), v.minLength(1, 'must have at least 1 items')),
  extractFrom: v.pipe(v.array(keySource), v.minLength(1, 'must have at least 1 items')),
  forwardClientIDHeader: v.optional(headerName),
  sanitize: v.optional(v.boolean()),
})

export const basicAuth = v.object({
  users: secretReference,
  forwardUsernameHeader: v.optional(headerName),
})

const remoteKeys = v.object({
  uri: httpUrl,
  cacheDuration: v.optional(duration),
  failedRefetchDuration: v.optional(duration),
  backendRef: v.optional(backendReference),
  backendRefs: v.optional(v.array(backendReference)),
  backendSettings: ignored(),
})

const localKeys = v.pipe(
  v.object({
    type: v.optional(v.picklist(['Inline', 'ValueRef'])),
    inline: v.optional(v.string()),
    valueRef: v.optional(
      v.object({
        group: v.optional(v.string()),
        kind: v.optional(v.string()),
        name: referenceName,
      }),
    ),
  }),
  v.check(
    ({ inline, valueRef }) => (inline === undefined) !== (valueRef === undefined),
    'Exactly one of inline or valueRef must be set with correct type.',
  ),
)

/** Both are optional here; who needs them says so in its own words. */
export const keySets = { remoteJWKS: v.optional(remoteKeys), localJWKS: v.optional(localKeys) }

export const claimToHeaders = v.pipe(
  v.array(
    v.object({
      claim: v.pipe(v.string(), v.nonEmpty(invalid('must not be empty'))),
      header: headerName,
    }),
  ),
  atMost(16),
)

/** `claim`: values that a claim must have, as authorization rules name them. */
export const claimRequirement = v.object({
  name: v.pipe(v.string(), v.nonEmpty(invalid('must not be empty'))),
  valueType: v.optional(v.picklist(['String', 'StringArray']), 'String'),
  values: v.pipe(v.array(v.string()), v.minLength(1, 'must have at least 1 items'), atMost(128)),
})

const extAuthHttp = v.object({
  backendRef: v.optional(backendReference),
  backendRefs: v.optional(v.array(backendReference)),
  path: v.optional(v.string()),
  pathOverride: v.optional(v.string()),
  headersToBackend: v.optional(v.array(v.string())),
  backendSettings: ignored(),
})

export const extAuth = v.pipe(
  v.object({
    http: v.optional(extAuthHttp),
    grpc: v.optional(
      v.object({
        backendRef: v.optional(backendReference),
        backendRefs: v.optional(v.array(backendReference)),
        backendSettings: ignored(),
      }),
    ),
    headersToExtAuth: v.optional(v.array(v.string())),
    bodyToExtAuth: v.optional(v.object({ maxRequestBytes: integer(1) })),
    contextExtensions: ignored(),
    timeout: v.optional(duration),
    failOpen: v.optional(v.boolean(), false),
    statusOnError: v.optional(integer(200, 600)),
    recomputeRoute: v.optional(v.boolean()),
  }),
  v.check(
    ({ http, grpc }) => http !== undefined || grpc !== undefined,
    'one of grpc or http must be specified',
  ),
  v.check(
    ({ http, grpc }) => http === undefined || grpc === undefined,
    'only one of grpc or http can be specified',
  ),
)
