import type { ReplyHead } from './translator.ts'

/** Whether the provider says that it answers with server-sent events. */
export function isEventStream({ headers }: ReplyHead): boolean {
  return headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') ?? false
}
