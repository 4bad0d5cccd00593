// ConfigMap (https://kubernetes.io/docs/concepts/configuration/configmap/): holds CA certificates.
import * as v from 'valibot'
import { base64Text } from '../fields/base64.ts'
import { silent } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'

export const configMap = resourceObject({
  immutable: silent(),
  data: v.optional(v.record(v.string(), v.string()), {}),
  binaryData: v.optional(v.record(v.string(), base64Text), {}),
})
