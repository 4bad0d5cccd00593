// Another model in a form: no other byte changes.
import type { Call } from '../endpoints/endpoint.ts'
import type { Target } from './translator.ts'

/** What a translator needs of a form. */
export interface Renamable {
  with(name: string, value: string): Uint8Array<ArrayBuffer>
}

export function renameForm(
  { request }: Call<{ readonly form: Renamable }>,
  { model }: Target,
): Uint8Array<ArrayBuffer> {
  return request.form.with('model', model)
}
