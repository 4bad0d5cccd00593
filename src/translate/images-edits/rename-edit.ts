import type { Call } from '../../endpoints/endpoint.ts'
import { renameJson } from '../pass-through.ts'
import type { Renamable } from '../rename-form.ts'
import type { Target } from '../translator.ts'

/** Another model in a form or in JSON, as the request came. */
export function renameEdit(
  call: Call<{ readonly form: Renamable | undefined }>,
  target: Target,
): string | Uint8Array<ArrayBuffer> {
  return call.request.form?.with('model', target.model) ?? renameJson(call, target)
}
