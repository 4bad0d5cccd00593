// HTTPRoute (https://gateway-api.sigs.k8s.io/api-types/httproute/): plain HTTP beside the AI endpoints.
import * as v from 'valibot'
import { atMost, ignored } from '../fields/marks.ts'
import { headerMatches } from '../fields/matches.ts'
import { resourceObject } from '../fields/metadata.ts'
import { backendReference, parentReferences, referenceName } from '../fields/names.ts'
import {
  duration,
  headerName,
  headerValue,
  hostname,
  integer,
  invalid,
  preciseHostname,
} from '../fields/values.ts'

const match = v.object({
  path: v.optional(
    v.object({
      type: v.optional(v.picklist(['Exact', 'PathPrefix', 'RegularExpression']), 'PathPrefix'),
      value: v.optional(v.string(), '/'),
    }),
  ),
  headers: v.optional(headerMatches),
  queryParams: v.optional(
    v.pipe(
      v.array(
        v.object({
          type: v.optional(v.picklist(['Exact', 'RegularExpression']), 'Exact'),
          name: referenceName,
          value: v.string(),
        }),
      ),
      atMost(16),
    ),
  ),
  method: v.optional(
    v.picklist(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']),
  ),
})

const headers = v.object({
  set: v.optional(v.pipe(v.array(v.object({ name: headerName, value: headerValue })), atMost(16))),
  add: v.optional(v.pipe(v.array(v.object({ name: headerName, value: headerValue })), atMost(16))),
  remove: v.optional(v.pipe(v.array(headerName), atMost(16))),
})

const newPath = v.pipe(
  v.object({
    type: v.picklist(['ReplaceFullPath', 'ReplacePrefixMatch']),
    replaceFullPath: v.optional(v.string()),
    replacePrefixMatch: v.optional(v.string()),
  }),
  v.check(
    ({ type, replaceFullPath, replacePrefixMatch }) =>
      (type === 'ReplaceFullPath') === (replaceFullPath !== undefined) &&
      (type === 'ReplacePrefixMatch') === (replacePrefixMatch !== undefined),
    'exactly the member that type names must be specified',
  ),
)

/** The member that belongs to each type of filter. */
const memberOfType = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  RequestMirror: 'requestMirror',
  CORS: 'cors',
  ExtensionRef: 'extensionRef',
} as const

const filter = v.pipe(
  v.object({
    type: v.picklist([
      'RequestHeaderModifier',
      'ResponseHeaderModifier',
      'RequestRedirect',
      'URLRewrite',
      'RequestMirror',
      'CORS',
      'ExtensionRef',
    ]),
    requestHeaderModifier: v.optional(headers),
    responseHeaderModifier: v.optional(headers),
    requestRedirect: v.optional(
      v.object({
        scheme: v.optional(v.picklist(['http', 'https'])),
        hostname: v.optional(preciseHostname),
        path: v.optional(newPath),
        port: v.optional(integer(1, 65535)),
        statusCode: v.optional(integer(300, 399), 302),
      }),
    ),
    urlRewrite: v.optional(
      v.object({ hostname: v.optional(preciseHostname), path: v.optional(newPath) }),
    ),
    requestMirror: v.optional(v.unknown()),
    cors: v.optional(v.unknown()),
    extensionRef: v.optional(
      v.object({ group: v.string(), kind: referenceName, name: referenceName }),
    ),
  }),
  v.check(
    (value) => value[memberOfType[value.type]] !== undefined,
    ({ input }) =>
      `filter.${memberOfType[input.type]} must be specified for ${input.type} filter.type`,
  ),
)

const rule = v.object({
  name: v.optional(referenceName),
  matches: v.optional(v.pipe(v.array(match), atMost(64)), []),
  filters: v.optional(v.pipe(v.array(filter), atMost(16)), []),
  backendRefs: v.optional(
    v.pipe(
      v.array(
        v.object({
          ...backendReference.entries,
          weight: v.optional(integer(0, 1_000_000), 1),
          filters: v.optional(v.pipe(v.array(filter), atMost(16))),
        }),
      ),
      atMost(16),
    ),
    [],
  ),
  timeouts: v.optional(
    v.pipe(
      v.object({ request: v.optional(duration), backendRequest: v.optional(duration) }),
      v.check(
        ({ request, backendRequest }) =>
          !request || backendRequest === undefined || backendRequest <= request,
        'backendRequest timeout cannot be longer than request timeout',
      ),
    ),
  ),
  retry: v.optional(
    v.object({
      codes: v.optional(v.array(integer(400, 599))),
      attempts: v.optional(integer(0)),
      backoff: v.optional(duration),
    }),
  ),
  sessionPersistence: ignored(),
})

export const httpRoute = resourceObject({
  spec: v.object({
    parentRefs: v.optional(parentReferences),
    hostnames: v.optional(v.pipe(v.array(hostname), atMost(16)), []),
    rules: v.optional(
      v.pipe(v.array(rule), v.minLength(1, invalid('must have at least 1 items')), atMost(16)),
    ),
    useDefaultGateways: ignored(),
  }),
})
