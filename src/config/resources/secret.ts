// Secret (https://kubernetes.io/docs/concepts/configuration/secret/): credentials. Its values are never shown.
import * as v from 'valibot'
import { base64Text } from '../fields/base64.ts'
import { silent } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'

export const secret = resourceObject({
  type: silent(),
  immutable: silent(),
  data: v.optional(v.record(v.string(), base64Text), {}),
  stringData: v.optional(v.record(v.string(), v.string()), {}),
})
