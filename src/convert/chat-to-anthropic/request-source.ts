// What a request is converted from, besides its own values.
import type { MessagesRequest } from '../../wire/anthropic/messages.ts'
import type { Platform } from './platform.ts'

export interface RequestSource {
  /** The model to ask, which decides what may be asked of it. */
  readonly model: string
  readonly platform: Platform
  /** The request's JSON text: numbers and key order of foreign parts are read from it. */
  readonly text: () => string
  /** What the platform wants in the body beside the message. */
  readonly frame?: MessagesFrame
}

export type MessagesFrame = Pick<
  MessagesRequest,
  'model' | 'anthropic_version' | 'anthropic_beta' | 'stream'
>
