// The fields of the access log, where the environment says who the providers are.
import type { Resource } from './provider-resources.ts'
import { isList, isObject, readPath, withSpec } from './resource-spec.ts'

const requestFields = {
  'gen_ai.request.model': '%REQ(X-AI-EG-MODEL)%',
  'gen_ai.response.model': '%DYNAMIC_METADATA(io.envoy.ai_gateway:response_model)%',
  'gen_ai.provider.name': '%DYNAMIC_METADATA(io.envoy.ai_gateway:backend_name)%',
  'gen_ai.usage.input_tokens': '%DYNAMIC_METADATA(io.envoy.ai_gateway:llm_input_token)%',
  'gen_ai.usage.output_tokens': '%DYNAMIC_METADATA(io.envoy.ai_gateway:llm_output_token)%',
  'gen_ai.usage.reasoning_tokens': '%DYNAMIC_METADATA(io.envoy.ai_gateway:llm_reasoning_token)%',
  'session.id': '%DYNAMIC_METADATA(io.envoy.ai_gateway:session.id)%',
}

/** Beside the fields of the built-in configuration. */
export const addedFields = { ...requestFields, 'request.path': '%REQ(:PATH)%' }

const commonFields = [
  'start_time',
  'method',
  'x-envoy-origin-path',
  'response_code',
  'connection_termination_details',
  'upstream_transport_failure_reason',
  'bytes_received',
  'bytes_sent',
  'duration',
  'x-envoy-upstream-service-time',
  'x-forwarded-for',
  'user-agent',
  'x-request-id',
  'upstream_host',
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
]

type Fields = (builtIn: Readonly<Record<string, unknown>>) => object

/** In the place of the built-in fields: of those, the ones that Envoy itself knows. */
export const ownFields: Fields = (builtIn) => ({
  ...addedFields,
  ...Object.fromEntries(commonFields.map((name) => [name, builtIn[name]])),
})

/** The fields of the one JSON access log of the built-in configuration. */
export function withAccessLog(proxy: Resource, fields: Fields | object): Resource {
  return withSpec(proxy, (spec) => {
    const [setting] = readPath(spec, ['telemetry', 'accessLog', 'settings'], isList)
    const json = readPath(setting, ['format', 'json'], isObject)
    const next = typeof fields === 'function' ? fields(json) : { ...json, ...fields }
    const settings = [{ ...readPath(setting, [], isObject), format: { type: 'JSON', json: next } }]
    return { ...spec, telemetry: { accessLog: { settings } } }
  })
}
