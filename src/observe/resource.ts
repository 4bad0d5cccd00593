// Who we are to a backend of telemetry. https://opentelemetry.io/docs/specs/otel/resource/sdk/

type Environment = Readonly<Record<string, string | undefined>>

export interface Resource {
  readonly attributes: Readonly<Record<string, string>>
  /** Pairs of OTEL_RESOURCE_ATTRIBUTES that could not be read, by their position from 1: values may be private. */
  readonly malformed: readonly number[]
}

/** Of the packages that do the work; a test holds it against them. */
export const sdkVersion = '2.12.1'

/** `service.name` from OTEL_SERVICE_NAME, else OTEL_RESOURCE_ATTRIBUTES, else `ai-gateway`. */
export function readResource(env: Environment): Resource {
  const found = new Map<string, string>([['service.name', 'ai-gateway']])
  const malformed: number[] = []
  const pairs = (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')
  pairs.forEach((pair, index) => {
    if (pair.trim() === '') return
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    const value = equals < 0 ? undefined : decode(pair.slice(equals + 1).trim())
    if (key === '' || value === undefined) malformed.push(index + 1)
    else found.set(key, value)
  })
  if (env['OTEL_SERVICE_NAME']) found.set('service.name', env['OTEL_SERVICE_NAME'])
  found.set('telemetry.sdk.language', 'nodejs')
  found.set('telemetry.sdk.name', 'opentelemetry')
  found.set('telemetry.sdk.version', sdkVersion)
  return { attributes: Object.fromEntries(found), malformed }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
