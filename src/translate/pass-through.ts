// A backend that speaks the client's dialect: the same bytes go there, at most with another model.
import { setOnly } from '../json/splice.ts'
import type { Reply, Target, Translator } from './translator.ts'

export interface PassThrough {
  path(target: Target): string
  reply(target: Target): Reply
}

export function passThrough<Req>(parts: PassThrough): Translator<Req> {
  return (call, target) => {
    const path = parts.path(target)
    const reply = parts.reply(target)
    if (!target.renamed) return { path, reply }
    // One key is left of several, so that the provider cannot read another model than the one asked for.
    return { path, reply, body: setOnly(call.body.text(), 'model', JSON.stringify(target.model)) }
  }
}
