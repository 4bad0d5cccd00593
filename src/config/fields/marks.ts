// Marks on members of a schema: what this gateway does with a member that is valid but does nothing here.
import * as v from 'valibot'

/** A member without effect. `silent`: not worth a word; `ignored`: by nature; `unsupported`: not yet. */
export type Mark =
  | { readonly effect: 'silent' }
  | { readonly effect: 'ignored'; readonly severity: 'info' | 'warning'; readonly text: string }
  | { readonly effect: 'unsupported'; readonly text: string }

/** A remark about a value that does not make it invalid. */
export interface Advice {
  readonly code: string
  /** `cluster`: a cluster refuses the value, this gateway can live with it. */
  readonly audience: 'cluster' | 'gateway'
  check(value: unknown): string | undefined
}

function marked(mark: Mark) {
  return v.optional(v.pipe(v.unknown(), v.metadata({ mark })))
}

/** Accepted without a word. */
export function silent() {
  return marked({ effect: 'silent' })
}

/** Has no meaning outside Envoy or Kubernetes. */
export function ignored(
  text = 'has no effect in this gateway',
  severity: 'info' | 'warning' = 'warning',
) {
  return marked({ effect: 'ignored', severity, text })
}

/** Has a meaning that is not built yet. */
export function unsupported(text = 'is not supported yet and has no effect') {
  return marked({ effect: 'unsupported', text })
}

/** Warns of values that a cluster would refuse; `check` returns what is wrong with one. */
export function advise<Input>(
  code: string,
  check: (value: unknown) => string | undefined,
): v.MetadataAction<Input, { readonly advice: Advice }> {
  return v.metadata({ advice: { code, audience: 'cluster', check } })
}

/** Warns of values that have no effect here. */
export function remark<Input>(
  code: string,
  check: (value: unknown) => string | undefined,
): v.MetadataAction<Input, { readonly advice: Advice }> {
  return v.metadata({ advice: { code, audience: 'gateway', check } })
}

/** The longest list, or the most items of a mapping, that a cluster takes. */
export function atMost<Input>(limit: number) {
  return advise<Input>('schema.too-many', (value) =>
    Array.isArray(value) && value.length > limit
      ? `Too many: ${value.length}: must have at most ${limit} items`
      : undefined,
  )
}
