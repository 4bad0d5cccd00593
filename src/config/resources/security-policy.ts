// SecurityPolicy (https://gateway.envoyproxy.io/docs/api/extension_types/#securitypolicy): who may use the gateway.
import * as v from 'valibot'
import { celExpression } from '../fields/cel.ts'
import {
  apiKeyAuth,
  basicAuth,
  claimRequirement,
  claimToHeaders,
  extAuth,
  keySets,
} from '../fields/client-auth.ts'
import { atMost } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName } from '../fields/names.ts'
import { hasTargets, missingTargets, trafficTargets } from '../fields/traffic-targets.ts'
import { areUnique, duration, headerName, invalid } from '../fields/values.ts'

const texts = v.array(v.string())

const provider = v.pipe(
  v.object({
    name: referenceName,
    issuer: v.optional(v.string()),
    audiences: v.optional(v.pipe(texts, atMost(8))),
    ...keySets,
    claimToHeaders: v.optional(claimToHeaders),
    recomputeRoute: v.optional(v.boolean()),
    extractFrom: v.optional(
      v.object({
        headers: v.optional(
          v.array(v.object({ name: headerName, valuePrefix: v.optional(v.string()) })),
        ),
        cookies: v.optional(texts),
        params: v.optional(texts),
      }),
    ),
  }),
  v.check(
    ({ remoteJWKS, localJWKS }) => (remoteJWKS === undefined) !== (localJWKS === undefined),
    'either remoteJWKS or localJWKS must be specified, and not both.',
  ),
)

const jwt = v.object({
  optional: v.optional(v.boolean(), false),
  failOpen: v.optional(v.boolean(), false),
  providers: v.pipe(
    v.array(provider),
    v.minLength(1, 'must have at least 1 items'),
    atMost(16),
    v.check((items) => areUnique(items, ({ name }) => name), 'provider names must be unique'),
  ),
})

const origin = v.pipe(
  v.string(),
  v.regex(
    /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:\*|(?:\*\.)?[\w.-]+|\[[\da-fA-F:.]+\])(?::(?:\d{1,5}|\*))?)$/,
    invalid('must be an origin such as https://app.example.com or https://*.example.com'),
  ),
)

const cors = v.object({
  allowOrigins: v.optional(v.array(origin)),
  allowMethods: v.optional(texts),
  allowHeaders: v.optional(texts),
  exposeHeaders: v.optional(texts),
  maxAge: v.optional(duration),
  allowCredentials: v.optional(v.boolean()),
})

const cidr = v.pipe(
  v.string(),
  v.regex(/^[\da-fA-F:.]+\/\d{1,3}$/, invalid('must be a range such as 10.0.0.0/8')),
)

const principal = v.pipe(
  v.object({
    clientCIDRs: v.optional(v.array(cidr)),
    jwt: v.optional(
      v.pipe(
        v.object({
          provider: referenceName,
          claims: v.optional(v.pipe(v.array(claimRequirement), atMost(16))),
          scopes: v.optional(v.pipe(texts, atMost(16))),
        }),
        v.check(
          ({ claims = [], scopes = [] }) => claims.length + scopes.length > 0,
          'at least one of claims or scopes must be specified',
        ),
      ),
    ),
    headers: v.optional(v.array(v.object({ name: headerName, values: texts }))),
    clientIPGeoLocations: v.optional(v.array(v.unknown())),
  }),
  v.check(
    (value) => Object.values(value).some((member) => member !== undefined),
    'at least one of clientCIDRs, jwt, headers, or clientIPGeoLocations must be specified',
  ),
)

const operation = v.pipe(
  v.object({ methods: v.optional(texts), path: v.optional(v.unknown()) }),
  v.check(
    ({ methods, path }) => methods !== undefined || path !== undefined,
    'at least one of methods or path must be specified',
  ),
)

const action = v.picklist(['Allow', 'Deny'])

const authorization = v.object({
  defaultAction: v.optional(action, 'Deny'),
  rules: v.optional(
    v.array(
      v.object({
        name: v.optional(v.string()),
        action,
        operation: v.optional(operation),
        principal: v.optional(principal),
        cel: v.optional(celExpression),
      }),
    ),
    [],
  ),
})

export const securityPolicy = resourceObject({
  spec: v.pipe(
    v.object({
      ...trafficTargets,
      mergeType: v.optional(v.picklist(['StrategicMerge', 'JSONMerge', 'Replace'])),
      apiKeyAuth: v.optional(apiKeyAuth),
      basicAuth: v.optional(basicAuth),
      jwt: v.optional(jwt),
      cors: v.optional(cors),
      csrf: v.optional(v.unknown()),
      extAuth: v.optional(extAuth),
      oidc: v.optional(v.unknown()),
      authorization: v.optional(authorization),
    }),
    v.check((spec) => hasTargets(spec), missingTargets),
    v.forward(
      v.check(
        ({ authorization: rules, jwt: tokens }) =>
          tokens !== undefined ||
          !rules?.rules.some(({ principal: who }) => who?.jwt !== undefined),
        'if authorization.rules.principal.jwt is used, jwt must be defined',
      ),
      ['authorization'],
    ),
  ),
})
