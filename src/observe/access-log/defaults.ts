// What is written about requests where the configuration says nothing about it.
import type { AccessLogSpec } from '../../config/config.ts'
import type { HeaderAttribute } from '../header-attributes.ts'

/** Envoy's own. https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string */
export const defaultText =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n'

const metadata = (key: string) => `%DYNAMIC_METADATA(io.envoy.ai_gateway:${key})%`

const common = {
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  'request.path': '%REQ(:PATH)%',
  'x-envoy-origin-path': '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  response_code: '%RESPONSE_CODE%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  'x-envoy-upstream-service-time': '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  'x-forwarded-for': '%REQ(X-FORWARDED-FOR)%',
  'user-agent': '%REQ(USER-AGENT)%',
  'x-request-id': '%REQ(X-REQUEST-ID)%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
} as const

/** A line for each call that named a model. `sinks`: where to. */
export function generateAccessLog(
  headerAttributes: readonly HeaderAttribute[],
  sinks: AccessLogSpec['sinks'],
): readonly AccessLogSpec[] {
  if (sinks.length === 0) return []
  const mapped = headerAttributes.map(({ attribute }) => [attribute, metadata(attribute)])
  const fields = {
    ...common,
    'gen_ai.request.model': '%REQ(X-AI-EG-MODEL)%',
    'gen_ai.response.model': metadata('response_model'),
    'gen_ai.provider.name': metadata('backend_name'),
    'gen_ai.usage.input_tokens': metadata('llm_input_token'),
    'gen_ai.usage.output_tokens': metadata('llm_output_token'),
    'gen_ai.usage.reasoning_tokens': metadata('llm_reasoning_token'),
    ...Object.fromEntries(mapped),
  }
  const matches = ["request.headers['x-ai-eg-model'] != ''"]
  return [{ matches, format: { kind: 'json', fields }, sinks }]
}

/** Body of a record that goes to a collector. */
export const recordText = `[%START_TIME%] %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% model=%REQ(X-AI-EG-MODEL)% %RESPONSE_CODE% llm_input_token=${metadata('llm_input_token')} llm_output_token=${metadata('llm_output_token')} llm_reasoning_token=${metadata('llm_reasoning_token')} %DURATION%ms`
