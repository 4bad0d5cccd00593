// Backend (https://gateway.envoyproxy.io/docs/api/extension_types/): the addresses of an upstream service.

import ipaddr from 'ipaddr.js'
import * as v from 'valibot'
import { isRecord } from '../../json/is-record.ts'
import { advise, ignored, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { certificateReference } from '../fields/names.ts'
import { invalid, portNumber, preciseHostname } from '../fields/values.ts'

const endpoint = v.pipe(
  v.object({
    fqdn: v.optional(v.object({ hostname: preciseHostname, port: portNumber })),
    ip: v.optional(
      v.object({
        address: v.pipe(
          v.string(),
          v.check(
            (text) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text),
            invalid('must be an IP address'),
          ),
        ),
        port: portNumber,
      }),
    ),
    unix: v.optional(
      v.object({
        path: v.pipe(
          v.string(),
          v.nonEmpty(invalid('must not be empty')),
          v.maxLength(108, 'Too long: may not be more than 108 bytes'),
        ),
      }),
    ),
    hostname: v.optional(preciseHostname),
    zone: ignored('has no effect in this gateway', 'info'),
  }),
  v.check(
    ({ fqdn, ip, unix }) => [fqdn, ip, unix].some((address) => address !== undefined),
    'one of fqdn, ip or unix must be specified',
  ),
  v.check(
    ({ fqdn, ip, unix }) => [fqdn, ip, unix].filter((address) => address !== undefined).length <= 1,
    'only one of fqdn, ip or unix can be specified',
  ),
)

export type BackendEndpoint = v.InferOutput<typeof endpoint>

const tls = v.pipe(
  v.object({
    wellKnownCACertificates: v.optional(v.picklist(['System'])),
    caCertificateRefs: v.optional(v.array(certificateReference)),
    insecureSkipVerify: v.optional(v.boolean()),
    sni: v.optional(preciseHostname),
    clientCertificateRef: unsupported('is not supported yet: no client certificate is sent'),
    minVersion: unsupported(),
    maxVersion: unsupported(),
    ciphers: unsupported(),
    ecdhCurves: unsupported(),
    signatureAlgorithms: unsupported(),
    alpnProtocols: unsupported(),
  }),
  v.check(
    ({ wellKnownCACertificates, caCertificateRefs }) =>
      wellKnownCACertificates === undefined || (caCertificateRefs ?? []).length === 0,
    'must not contain both CACertificateRefs and WellKnownCACertificates',
  ),
)

const hasItems = (list: unknown) => Array.isArray(list) && list.length > 0

export const backend = resourceObject({
  spec: v.pipe(
    v.object({
      type: v.optional(v.picklist(['Endpoints', 'DynamicResolver']), 'Endpoints'),
      endpoints: v.optional(
        v.pipe(
          v.array(endpoint),
          v.maxLength(256, 'Too many: must have at most 256 items'),
          v.check(
            (items) =>
              items.every(({ fqdn }) => fqdn !== undefined) ||
              items.every(({ fqdn }) => fqdn === undefined),
            'fqdn addresses cannot be mixed with other address types',
          ),
        ),
        [],
      ),
      appProtocols: ignored(),
      fallback: unsupported('is not supported yet: give the backendRef a higher priority instead'),
      tls: v.optional(tls),
    }),
    // The region of AWS or Google Cloud may say which host is meant.
    advise('schema.required', (value) =>
      isRecord(value) && value.type !== 'DynamicResolver' && !hasItems(value.endpoints)
        ? 'must have at least 1 endpoints in a cluster'
        : undefined,
    ),
  ),
})
