// Which traces are recorded, where the client has not decided.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
import { diag } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'

const samplers: Readonly<Record<string, () => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: () => new TraceIdRatioBasedSampler(readRatio()),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: () =>
    new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(readRatio()) }),
}
const byDefault = 'parentbased_always_on'

/** Of OTEL_TRACES_SAMPLER. */
export function readSampler(): Sampler {
  const name = getStringFromEnv('OTEL_TRACES_SAMPLER') ?? byDefault
  const create = Object.hasOwn(samplers, name) ? samplers[name] : undefined
  if (create !== undefined) return create()
  diag.error(`OTEL_TRACES_SAMPLER: ${JSON.stringify(name)} is unknown; ${byDefault} is used`)
  return new ParentBasedSampler({ root: new AlwaysOnSampler() })
}

function readRatio(): number {
  const ratio = getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG')
  if (ratio !== undefined && ratio >= 0 && ratio <= 1) return ratio
  diag.error('OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1; 1 is used')
  return 1
}
