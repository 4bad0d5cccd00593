// The endpoints that clients may call with a model: one line each.
import { chatCompletions } from './chat-completions.ts'

export const endpoints = [chatCompletions] as const

export type EndpointId = (typeof endpoints)[number]['id']

type EndpointOf<Id extends EndpointId> = Extract<(typeof endpoints)[number], { id: Id }>

/** The parsed request of an endpoint. */
export type RequestOf<Id extends EndpointId> = ReturnType<EndpointOf<Id>['parse']>['request']
