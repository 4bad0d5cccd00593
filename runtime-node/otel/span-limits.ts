// How much one span may hold. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#span-limits
import { getNumberFromEnv } from '@opentelemetry/core'
import type { Attributes, AttributeValue } from '../../src/observe/spans/span-set.ts'

export interface SpanLimits {
  readonly attributes: number
  /** Characters of a text. */
  readonly valueLength: number
  readonly events: number
  readonly attributesOfEvent: number
}

/** `attributes`: where no variable says how many there may be. */
export function readSpanLimits(attributes: number): SpanLimits {
  const first = (fallback: number, ...names: readonly string[]) =>
    names.map((name) => getNumberFromEnv(name)).find((value) => value !== undefined) ?? fallback
  return {
    attributes: first(attributes, 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    valueLength: first(
      Number.POSITIVE_INFINITY,
      'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    ),
    events: first(128, 'OTEL_SPAN_EVENT_COUNT_LIMIT'),
    attributesOfEvent: first(
      128,
      'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
    ),
  }
}

/** Adds to `known`, later values in place of earlier ones. Returns how many were left out. */
export function addAttributes(
  known: Map<string, AttributeValue>,
  attributes: Attributes,
  maxCount: number,
  maxLength: number,
): number {
  let dropped = 0
  for (const key in attributes) {
    const value = attributes[key]
    if (value === undefined) continue
    if (known.size >= maxCount && !known.has(key)) dropped++
    else known.set(key, maxLength === Number.POSITIVE_INFINITY ? value : cut(value, maxLength))
  }
  return dropped
}

function cut(value: AttributeValue, length: number): AttributeValue {
  if (typeof value === 'string') return value.slice(0, length)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const isText = (item: unknown): item is string => typeof item === 'string'
  return value.every(isText) ? value.map((item) => item.slice(0, length)) : value
}
