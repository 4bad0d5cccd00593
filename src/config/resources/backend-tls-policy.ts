// BackendTLSPolicy (https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/): TLS towards a Backend.
import * as v from 'valibot'
import { atMost, ignored, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { certificateReference, policyTarget } from '../fields/names.ts'
import { preciseHostname } from '../fields/values.ts'

const validation = v.pipe(
  v.object({
    hostname: preciseHostname,
    wellKnownCACertificates: v.optional(v.picklist(['System'])),
    caCertificateRefs: v.optional(v.pipe(v.array(certificateReference), atMost(8))),
    subjectAltNames: unsupported('is not supported yet: the certificate must name the hostname'),
  }),
  v.check(
    ({ wellKnownCACertificates, caCertificateRefs }) =>
      wellKnownCACertificates === undefined || (caCertificateRefs ?? []).length === 0,
    'must not contain both CACertificateRefs and WellKnownCACertificates',
  ),
  v.check(
    ({ wellKnownCACertificates, caCertificateRefs }) =>
      wellKnownCACertificates !== undefined || (caCertificateRefs ?? []).length > 0,
    'must specify either CACertificateRefs or WellKnownCACertificates',
  ),
)

export const backendTlsPolicy = resourceObject({
  spec: v.object({
    targetRefs: v.pipe(
      v.array(policyTarget),
      v.minLength(1, 'must have at least 1 items'),
      atMost(16),
    ),
    validation,
    options: ignored(),
  }),
})
