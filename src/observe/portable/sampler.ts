// Which traces are recorded: OTEL_TRACES_SAMPLER.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration

/** `parent`: whether it was sampled; undefined where there is none. */
export type Sampler = (traceId: string, parent: boolean | undefined) => boolean

type Environment = Readonly<Record<string, string | undefined>>

/** An unknown name, or no ratio from 0 to 1, means all. */
export function readPortableSampler(env: Environment): Sampler {
  const ratio = readRatio(env['OTEL_TRACES_SAMPLER_ARG'])
  const always: Sampler = () => true
  const never: Sampler = () => false
  const some: Sampler = (traceId) => Number.parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32
  const parentBased =
    (root: Sampler): Sampler =>
    (traceId, parent) =>
      parent ?? root(traceId, undefined)
  switch (env['OTEL_TRACES_SAMPLER']?.trim().toLowerCase()) {
    case 'always_on':
      return always
    case 'always_off':
      return never
    case 'traceidratio':
      return some
    case 'parentbased_always_off':
      return parentBased(never)
    case 'parentbased_traceidratio':
      return parentBased(some)
    default:
      return parentBased(always)
  }
}

function readRatio(raw: string | undefined): number {
  const ratio = Number(raw?.trim() || 1)
  return ratio >= 0 && ratio <= 1 ? ratio : 1
}
