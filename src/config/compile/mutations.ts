// Header and body mutations without what must not be changed.
import type { BodyMutationSpec, HeaderMutationSpec } from '../config.ts'
import { isReservedHeader } from '../fields/mutations.ts'

interface Mutations {
  readonly headerMutation?: HeaderMutationSpec | undefined
  readonly bodyMutation?: BodyMutationSpec | undefined
}

interface CompiledMutations {
  readonly headerMutation?: HeaderMutationSpec
  readonly bodyMutation?: BodyMutationSpec
}

/** Mutations that do nothing are left out. */
export function compileMutations({ headerMutation, bodyMutation }: Mutations): CompiledMutations {
  const headers = {
    set: (headerMutation?.set ?? []).filter(({ name }) => !isReservedHeader(name)),
    remove: (headerMutation?.remove ?? []).filter((name) => !isReservedHeader(name)),
  }
  const body = {
    set: bodyMutation?.set ?? [],
    remove: (bodyMutation?.remove ?? []).filter((path) => path !== ''),
  }
  return {
    ...(isEmpty(headers) ? {} : { headerMutation: headers }),
    ...(isEmpty(body) ? {} : { bodyMutation: body }),
  }
}

function isEmpty(mutation: { set: readonly unknown[]; remove: readonly unknown[] }): boolean {
  return mutation.set.length === 0 && mutation.remove.length === 0
}
