// Spans as the OTLP has them, in JSON and in protobuf.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import type { AttributeValue } from '../spans/span-set.ts'
import { encodeMessage, type Message } from './protobuf.ts'

export interface OtlpSpan {
  /** Hex. */
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string | undefined
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  /** Nanoseconds since the epoch, in decimal digits. */
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
  readonly droppedAttributesCount: number | undefined
  readonly events: readonly OtlpEvent[]
  readonly status: { readonly code: number; readonly message: string | undefined }
  readonly flags: number
}

export interface OtlpEvent {
  readonly timeUnixNano: string
  readonly name: string
  readonly attributes: readonly OtlpAttribute[]
}

export interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: number }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }

export const describeAttributes = (
  attributes: Iterable<readonly [string, AttributeValue]>,
): OtlpAttribute[] => Array.from(attributes, ([key, value]) => ({ key, value: describe(value) }))

function describe(value: AttributeValue): OtlpValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number') return { arrayValue: { values: Array.from(value, describe) } }
  return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
}

/** Of milliseconds with a fraction, which as one number would be more than a number can hold. */
export function nanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)))
}

export type TraceFormat = 'http/protobuf' | 'http/json'

export const contentTypes: Readonly<Record<TraceFormat, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
}

export interface SpanSource {
  readonly resource: Readonly<Record<string, string>>
  readonly scope: string
}

/** The body of one request. */
export function writeSpans(
  format: TraceFormat,
  { resource, scope }: SpanSource,
  spans: readonly OtlpSpan[],
): string | Uint8Array<ArrayBuffer> {
  const request = {
    resourceSpans: [
      {
        resource: { attributes: describeAttributes(Object.entries(resource)) },
        scopeSpans: [{ scope: { name: scope }, spans }],
      },
    ],
  }
  return format === 'http/json' ? JSON.stringify(request) : encodeMessage(request, traceRequest)
}

const arrayValue: Message = () => ({ values: [1, anyValue] })
const anyValue: Message = () => ({
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, arrayValue],
})
const keyValue: Message = () => ({ key: [1, 'string'], value: [2, anyValue] })
const event: Message = () => ({
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'string'],
  attributes: [3, keyValue],
})
const status: Message = () => ({ message: [2, 'string'], code: [3, 'varint'] })
const span: Message = () => ({
  traceId: [1, 'hex'],
  spanId: [2, 'hex'],
  traceState: [3, 'string'],
  parentSpanId: [4, 'hex'],
  name: [5, 'string'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, keyValue],
  droppedAttributesCount: [10, 'varint'],
  events: [11, event],
  status: [15, status],
  flags: [16, 'fixed32'],
})
const resource: Message = () => ({ attributes: [1, keyValue] })
const scope: Message = () => ({ name: [1, 'string'] })
const scopeSpans: Message = () => ({ scope: [1, scope], spans: [2, span] })
const resourceSpans: Message = () => ({ resource: [1, resource], scopeSpans: [2, scopeSpans] })
const traceRequest: Message = () => ({ resourceSpans: [1, resourceSpans] })
