// The Node adapter as a library: for createGateway a listener, an outgoing side, AWS's credential chain and digests.
export { createAwsDefaultChain } from './credentials.ts'
export { nodeDigests } from './digests.ts'
export { createNodeFetch, type NodeFetch } from './fetch.ts'
export type { Listening, ServeOptions } from './listening.ts'
export { serve } from './serve.ts'
