// Where a model of Vertex AI is asked: https://cloud.google.com/vertex-ai/docs/reference/rest
import { GatewayError } from '../errors.ts'
import { encodePathSegment } from './path-segment.ts'
import type { Target } from './translator.ts'

export interface VertexModel {
  readonly publisher: 'google' | 'anthropic'
  /** A method and maybe a query, for example `streamGenerateContent?alt=sse`. */
  readonly verb: string
}

/** Throws a `GatewayError` where no GCP credential says in which project and region. */
export function vertexPath(target: Target, { publisher, verb }: VertexModel): string {
  const { project, region } = target.vars
  if (!project || !region) {
    throw new GatewayError(
      'no-backend',
      `a backend with schema ${target.schema.name} needs a BackendSecurityPolicy of type GCPCredentials, which names its project and region`,
    )
  }
  const place = `/v1/projects/${encodePathSegment(project)}/locations/${encodePathSegment(region)}`
  return `${place}/publishers/${publisher}/models/${encodePathSegment(target.model)}:${verb}`
}
