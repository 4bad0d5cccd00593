import type { Call } from '../../endpoints/endpoint.ts'
import { renameJson } from '../pass-through.ts'
import type { Renamable } from '../rename-form.ts'
import type { Target, Translation } from '../translator.ts'

/** Another model in a form or in JSON, as the request came. */
export function renameEdit(
  call: Call<{ readonly form: Renamable | undefined }>,
  target: Target,
): NonNullable<Translation['body']> {
  return call.request.form?.with('model', target.model) ?? renameJson(call, target)
}
