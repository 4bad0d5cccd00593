// The Node adapter as a library: a listener, an outgoing side and AWS's credential chain for createGateway.
export { createAwsDefaultChain } from './credentials.ts'
export { createNodeFetch, type NodeFetch } from './fetch.ts'
export type { Listening, ServeOptions } from './listening.ts'
export { serve } from './serve.ts'
