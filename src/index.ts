// The public surface of the core.
export { type Cancellation, cancellationOf, createCancellation } from './cancellation.ts'
export type { Ability } from './config/ability.ts'
export type {
  AuthSpec,
  BackendRefSpec,
  BackendSpec,
  ClientPolicySpec,
  GatewaySpec,
  HeaderMatchSpec,
  ListenerSpec,
  ModelInfo,
  RouteSpec,
  RuleSpec,
  TlsSpec,
} from './config/config.ts'
export { type Diagnostic, formatDiagnostic } from './config/diagnostics.ts'
export {
  type ConfigSource,
  type ParsedConfig,
  type ParseOptions,
  parseConfig,
} from './config/parse.ts'
export { type ErrorKind, GatewayError } from './errors.ts'
export type { AttemptRecord, Exchange, Incoming, RequestRuntime } from './exchange.ts'
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export { maxAnswerBytes } from './limits.ts'
export type { ChunkVisitor, Observer, SeenReply } from './observe/observer.ts'
export type {
  AwsCredentials,
  Digests,
  HeaderReader,
  LogFields,
  Logger,
  LogLevel,
  Ports,
  Transport,
  UpstreamFetch,
  UpstreamRequest,
  UpstreamResponse,
} from './ports.ts'
export { bodyHighWaterMark } from './streams/pump-body.ts'
export type { BodyController, BodyTransformer } from './streams/stream-translator.ts'
