// Which kinds of golden case each cell of the table of translators must have, and why it has not the others.
import type { SchemaName } from '../../src/config/api-schema.ts'
import type { EndpointId } from '../../src/endpoints/index.ts'
import {
  cachedUsage,
  chatKinds,
  completionKinds,
  disguisedErrors,
  embeddingKinds,
  errorKinds,
  imageKinds,
  type Kind,
  moderationImages,
  moderationKinds,
  reasonKinds,
  recordingKinds,
  responseKinds,
  speechKinds,
  storedKinds,
  streamErrors,
  tokenizeKinds,
  transcriptStreams,
  usageKinds,
  wholeUsage,
} from './golden-kinds.ts'

/** What is asked of every cell, save where its endpoint has no such thing. */
export const groups = [
  'plain',
  'turns',
  'system',
  'images',
  'tools',
  'tool results',
  'structured output',
  'reasoning',
  'stop',
  'cached usage',
  'stop reasons',
  'errors',
  'stream errors',
] as const

export type Group = (typeof groups)[number]

/** Kinds, or the reason why there are none. */
type Demand = readonly Kind[] | string

const noConversation = {
  turns: 'there is no conversation',
  system: 'there is no conversation',
  tools: 'nothing can be called',
  'tool results': 'nothing can be called',
  'structured output': 'the answer has one form',
  reasoning: 'nothing is thought about',
} as const

const noText = {
  stop: 'no text is generated',
  'stop reasons': 'the answer is whole or an error',
} as const

const noStream = { 'stream errors': 'there is no stream' } as const
const noCache = { 'cached usage': 'nothing is cached' } as const

const recordings = {
  ...noConversation,
  ...noText,
  ...noCache,
  plain: recordingKinds,
  images: 'sound alone comes in',
  errors: errorKinds,
} as const

const stored = {
  ...noConversation,
  ...noText,
  ...noCache,
  plain: storedKinds,
  images: 'the request has no body',
  errors: errorKinds,
} as const

const onOpenAI = (schema: SchemaName) => schema === 'OpenAI' || schema === 'AzureOpenAI'

/** Gemini's image comes when all is over: nothing can go wrong after it. */
const drawingErrors = (schema: SchemaName) =>
  onOpenAI(schema)
    ? streamErrors
    : streamErrors.filter(({ name }) => name !== 'an error after content')

/** Every endpoint has a word for every group: the compiler sees to it. */
export const demands: Readonly<
  Record<EndpointId, (schema: SchemaName) => Readonly<Record<Group, Demand>>>
> = {
  'chat-completions': (schema) => ({
    plain: [...chatKinds.plain, ...usageKinds],
    turns: chatKinds.turns,
    system: chatKinds.system,
    images: chatKinds.images,
    tools: chatKinds.tools,
    'tool results': chatKinds.results,
    'structured output': chatKinds.structured,
    reasoning: chatKinds.reasoning,
    stop: chatKinds.stop,
    'cached usage': cachedUsage,
    'stop reasons': reasonKinds(schema, 'chat'),
    errors: onOpenAI(schema) ? errorKinds : [...errorKinds, ...disguisedErrors],
    'stream errors': streamErrors,
  }),
  completions: (schema) => ({
    ...noConversation,
    plain: [...completionKinds, ...usageKinds],
    images: 'a prompt is text',
    reasoning: 'a completion has no place for it',
    stop: chatKinds.stop,
    'cached usage': cachedUsage,
    'stop reasons': reasonKinds(schema, 'text'),
    errors: errorKinds,
    'stream errors': streamErrors,
  }),
  embeddings: (schema) => ({
    ...noConversation,
    ...noText,
    ...noStream,
    ...noCache,
    plain: [...embeddingKinds, ...wholeUsage],
    images: 'OpenAI embeds text; what others take besides has cases of its own',
    errors: onOpenAI(schema) ? errorKinds : [...errorKinds, ...disguisedErrors],
  }),
  'images-generations': (schema) => ({
    ...noConversation,
    ...noText,
    ...noCache,
    plain: [...imageKinds.order, ...imageKinds.stream, ...usageKinds],
    images: 'a prompt is text',
    errors: onOpenAI(schema) ? errorKinds : [...errorKinds, ...disguisedErrors],
    'stream errors': drawingErrors(schema),
  }),
  'images-edits': (schema) => ({
    ...noConversation,
    ...noText,
    ...noCache,
    plain: [...imageKinds.order, ...imageKinds.stream, ...usageKinds],
    images: imageKinds.form,
    errors: onOpenAI(schema) ? errorKinds : [...errorKinds, ...disguisedErrors],
    'stream errors': drawingErrors(schema),
  }),
  'audio-speech': () => ({
    ...noConversation,
    ...noText,
    ...noCache,
    plain: speechKinds,
    images: 'text alone comes in',
    errors: errorKinds,
    'stream errors': streamErrors,
  }),
  'audio-transcriptions': () => ({
    ...recordings,
    plain: [...recordingKinds, ...transcriptStreams],
    'stream errors': streamErrors,
  }),
  'audio-translations': () => ({ ...recordings, ...noStream }),
  responses: () => ({
    plain: [...responseKinds.plain, ...usageKinds],
    turns: responseKinds.turns,
    system: responseKinds.system,
    images: responseKinds.images,
    tools: responseKinds.tools,
    'tool results': responseKinds.results,
    'structured output': responseKinds.structured,
    reasoning: responseKinds.reasoning,
    stop: 'responses have no stop sequences',
    'cached usage': cachedUsage,
    'stop reasons': responseKinds.ends,
    errors: errorKinds,
    'stream errors': streamErrors,
  }),
  'responses-input-tokens': () => ({
    ...noStream,
    ...noCache,
    plain: responseKinds.plain.slice(0, 1),
    turns: responseKinds.turns,
    system: responseKinds.system,
    images: responseKinds.images,
    tools: responseKinds.tools.slice(0, 6),
    'tool results': responseKinds.results,
    'structured output': responseKinds.structured,
    reasoning: responseKinds.reasoning.slice(0, 1),
    stop: 'responses have no stop sequences',
    'stop reasons': 'the answer is a number',
    errors: errorKinds,
  }),
  'responses-compact': () => ({
    ...noConversation,
    ...noStream,
    ...noText,
    plain: responseKinds.plain.slice(0, 1),
    turns: responseKinds.turns,
    system: responseKinds.system,
    images: responseKinds.images,
    'tool results': responseKinds.results,
    'cached usage': cachedUsage.slice(0, 1),
    errors: errorKinds,
  }),
  'response-get': () => ({ ...stored, 'stream errors': 'what is streamed is passed on unread' }),
  'response-delete': () => ({ ...stored, ...noStream }),
  'response-cancel': () => ({ ...stored, ...noStream }),
  'response-input-items': () => ({ ...stored, ...noStream }),
  moderations: () => ({
    ...noConversation,
    ...noText,
    ...noStream,
    ...noCache,
    plain: moderationKinds,
    images: moderationImages,
    errors: errorKinds,
  }),
  tokenize: () => ({
    ...noStream,
    ...noCache,
    plain: tokenizeKinds.plain,
    turns: chatKinds.turns,
    system: chatKinds.system,
    images: chatKinds.images.slice(0, 1),
    tools: tokenizeKinds.tools,
    'tool results': chatKinds.results,
    'structured output': 'the answer is a number',
    reasoning: 'the answer is a number',
    stop: 'the answer is a number',
    'stop reasons': 'the answer is a number',
    errors: errorKinds,
  }),
}
