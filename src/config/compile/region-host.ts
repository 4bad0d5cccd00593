// Hosts that a region stands for, where a configuration names none.
// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
// https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
import type { SchemaName } from '../api-schema.ts'
import type { AuthSpec } from '../config.ts'

export type DerivedHost =
  | { readonly host: string }
  /** Why there is none. */
  | { readonly problem: string }

const bedrock = { type: 'AWSCredentials', hostOf: bedrockHost } as const
const vertex = { type: 'GCPCredentials', hostOf: vertexHost } as const

/** Schemas of clouds that are asked in a region. */
const clouds: Partial<Readonly<Record<SchemaName, typeof bedrock | typeof vertex>>> = {
  AWSBedrock: bedrock,
  AWSAnthropic: bedrock,
  GCPVertexAI: vertex,
  GCPAnthropic: vertex,
}

export function hostOfRegion(schema: SchemaName, auth: AuthSpec | undefined): DerivedHost {
  const cloud = clouds[schema]
  if (cloud === undefined) {
    return { problem: `schema ${schema} has no host of its own: say which Backend to call` }
  }
  if (auth?.type !== cloud.type) {
    return {
      problem: `neither a host nor a region is known: say which Backend to call, or in which region by a BackendSecurityPolicy of type ${cloud.type}`,
    }
  }
  const { region } = auth
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(region)) {
    return { problem: `region ${JSON.stringify(region)} cannot be a part of a host's name` }
  }
  return { host: cloud.hostOf(region) }
}

function bedrockHost(region: string): string {
  return `bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

function vertexHost(region: string): string {
  if (region === 'global') return 'aiplatform.googleapis.com'
  if (region === 'us' || region === 'eu') return `aiplatform.${region}.rep.googleapis.com`
  return `${region}-aiplatform.googleapis.com`
}
