// A backend that speaks the client's dialect: the same bytes go there, at most with another model.
import type { Call } from '../endpoints/endpoint.ts'
import { restoreText } from '../json/outline.ts'
import { setOnly } from '../json/splice.ts'
import type { Pieces } from '../pieces.ts'
import type { Reply, Target, Translation, Translator } from './translator.ts'

export interface PassThrough<Req> {
  path(target: Target, call: Call<Req>): string
  reply(target: Target, call: Call<Req>): Reply
  /** The body for another model, where not JSON with a `model`; undefined: as it came. */
  rename?(call: Call<Req>, target: Target): Translation['body'] | undefined
}

export function passThrough<Req>(parts: PassThrough<Req>): Translator<Req> {
  const rename = parts.rename ?? renameJson
  return (call, target) => {
    const path = parts.path(target, call)
    const reply = parts.reply(target, call)
    const body = target.renamed ? rename(call, target) : undefined
    return body === undefined ? { path, reply } : { path, reply, body }
  }
}

/** One key is left of several, so that the provider cannot read another model than the one asked for. */
export function renameJson(call: Call<unknown>, target: Target): string | Pieces {
  const outline = call.body.outline()
  return restoreText(setOnly(outline.text, 'model', JSON.stringify(target.model)), outline)
}
