import type { RequestOf } from '../../endpoints/index.ts'
import { joinPath } from '../join-path.ts'
import { createJsonReply } from '../json-reply.ts'
import { passThrough } from '../pass-through.ts'

/** vLLM, and whoever serves its path: beside `v1`, not under it. */
export const tokenizeToOpenAI = passThrough<RequestOf<'tokenize'>>({
  path: ({ schema }) => joinPath((schema.prefix ?? '').replace(/(^|\/)v1\/*$/, ''), 'tokenize'),
  reply: ({ model }) => createJsonReply({ model }),
})
