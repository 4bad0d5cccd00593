// The endpoints that clients may call with a model: one line each.
import { audioSpeech } from './audio-speech.ts'
import { audioTranscriptions } from './audio-transcriptions.ts'
import { audioTranslations } from './audio-translations.ts'
import { chatCompletions } from './chat-completions.ts'
import { completions } from './completions.ts'
import { embeddings } from './embeddings.ts'
import { imagesEdits } from './images-edits.ts'
import { imagesGenerations } from './images-generations.ts'
import { moderations } from './moderations.ts'
import { responses } from './responses.ts'
import { responsesCompact } from './responses-compact.ts'
import { responsesInputTokens } from './responses-input-tokens.ts'
import {
  responseCancel,
  responseDelete,
  responseGet,
  responseInputItems,
} from './stored-responses.ts'
import { tokenize } from './tokenize.ts'

export const endpoints = [
  chatCompletions,
  completions,
  embeddings,
  imagesGenerations,
  imagesEdits,
  audioSpeech,
  audioTranscriptions,
  audioTranslations,
  responses,
  responsesInputTokens,
  responsesCompact,
  responseGet,
  responseDelete,
  responseCancel,
  responseInputItems,
  moderations,
  tokenize,
] as const

export type EndpointId = (typeof endpoints)[number]['id']

type EndpointOf<Id extends EndpointId> = Extract<(typeof endpoints)[number], { id: Id }>

/** The parsed request of an endpoint. */
export type RequestOf<Id extends EndpointId> = ReturnType<EndpointOf<Id>['parse']>['request']
