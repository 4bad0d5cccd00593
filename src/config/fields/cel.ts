// CEL expressions (https://cel.dev): text of a limited length.
import * as v from 'valibot'
import { invalid } from './values.ts'

export const celExpression = v.pipe(
  v.string(),
  v.nonEmpty(invalid('must not be empty')),
  v.maxLength(4096, 'Too long: may not be more than 4096 bytes'),
)
