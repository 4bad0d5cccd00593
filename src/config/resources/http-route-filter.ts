// HTTPRouteFilter (https://gateway.envoyproxy.io/docs/api/extension_types/#httproutefilter): what HTTPRoutes refer to.
import * as v from 'valibot'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName, secretReference } from '../fields/names.ts'
import { headerName, integer, preciseHostname } from '../fields/values.ts'

const bodyText = v.pipe(
  v.object({
    type: v.optional(v.picklist(['Inline', 'ValueRef']), 'Inline'),
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
    ({ type, inline, valueRef }) =>
      type === 'Inline' ? inline !== undefined : valueRef !== undefined,
    'the member that type names must be set',
  ),
)

const newHostname = v.pipe(
  v.object({
    type: v.picklist(['Header', 'Backend', 'Replace']),
    header: v.optional(headerName),
    replace: v.optional(preciseHostname),
  }),
  v.check(
    ({ type, header }) => type !== 'Header' || header !== undefined,
    'header must be nonempty if the type is Header',
  ),
)

const newPath = v.pipe(
  v.object({
    type: v.picklist(['ReplaceRegexMatch']),
    replaceRegexMatch: v.optional(v.object({ pattern: referenceName, substitution: v.string() })),
  }),
  v.check(
    ({ replaceRegexMatch }) => replaceRegexMatch !== undefined,
    'If HTTPPathModifier type is ReplaceRegexMatch, replaceRegexMatch field needs to be set.',
  ),
)

export const httpRouteFilter = resourceObject({
  spec: v.object({
    urlRewrite: v.optional(
      v.object({ hostname: v.optional(newHostname), path: v.optional(newPath) }),
    ),
    directResponse: v.optional(
      v.object({
        contentType: v.optional(v.string()),
        statusCode: v.optional(integer(200, 599)),
        body: v.optional(bodyText),
        header: v.optional(v.unknown()),
      }),
    ),
    credentialInjection: v.optional(
      v.object({
        header: v.optional(headerName),
        overwrite: v.optional(v.boolean()),
        credential: v.object({ valueRef: secretReference }),
      }),
    ),
  }),
})
