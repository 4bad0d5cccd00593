// Where Azure OpenAI is asked: its dated API names a deployment in the path, its v1 API in the body.
// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle
import { encodePathSegment } from './path-segment.ts'
import type { Target } from './translator.ts'

/** Versions of the API whose paths hold no date. */
const undated: ReadonlySet<string> = new Set(['', 'v1', 'latest', 'preview'])

/** Whether the backend is asked by the v1 API, which reads the model in the body. */
export function isAzureV1({ schema }: Target): boolean {
  return undated.has(schema.version ?? '')
}

/** Endpoints that a deployment serves: the model, which is the deployment's name, goes into the path. */
export function azureDeploymentPath(target: Target, suffix: string): string {
  return azurePath(target, `deployments/${encodePathSegment(target.model)}/${suffix}`, suffix)
}

/** Endpoints of the whole resource: the model stands in the body. */
export function azureResourcePath(target: Target, suffix: string): string {
  return azurePath(target, suffix, suffix)
}

function azurePath(target: Target, dated: string, undatedSuffix: string): string {
  const version = target.schema.version ?? ''
  if (!isAzureV1(target)) return `/openai/${dated}?api-version=${encodeURIComponent(version)}`
  const query = version === 'preview' ? '?api-version=preview' : ''
  return `/openai/v1/${undatedSuffix}${query}`
}
