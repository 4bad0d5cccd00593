// What Gemini draws as OpenAI's images, whole and streamed.
import { isRecord } from '../../json/is-record.ts'
import type {
  Frame,
  Meter,
  Rewrite,
  SseWriter,
  StreamFailure,
} from '../../streams/stream-translator.ts'
import type { Usage } from '../../usage/usage.ts'
import type { ImageCompleted, ImagesAnswer } from '../../wire/openai/images.ts'
import { readGoogleFailure, vertexErrorType } from '../errors/google-error.ts'
import { writeOpenAIFailure } from '../errors/openai-error.ts'
import { createDrawing, explainNothing, readDrawing, sumUsage } from './gemini-drawing.ts'

export interface DrawnAnswer {
  readonly answer: ImagesAnswer
  readonly usage: Usage | undefined
}

/** `text`: an answer, or a list of answers; `undefined` where one is none. */
export function convertGeminiReply(
  text: string,
  created: number,
): DrawnAnswer | { readonly failure: StreamFailure } | undefined {
  const value = parse(text)
  const drawing = createDrawing()
  const metadata: unknown[] = []
  for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (!isRecord(each) || isRecord(each.error)) return undefined
    readDrawing(each, drawing)
    metadata.push(each.usageMetadata)
  }
  const { images, format } = drawing
  if (images.length === 0) return { failure: explainNothing(drawing) }
  const counted = sumUsage(metadata)
  return {
    answer: {
      created,
      data: images.map((b64_json) => ({ b64_json })),
      output_format: format,
      usage: counted?.written,
    },
    usage: counted?.usage,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface DrawnStream {
  readonly type: ImageCompleted['type']
  /** Seconds since the epoch. */
  readonly created: number
  /** The model that was asked. */
  readonly model: string
}

/** An event for the image as it is in the end: Gemini shows no drafts. The usage comes last, and goes with it. */
export function createImageStream({ type, created, model }: DrawnStream): Rewrite {
  const drawing = createDrawing()
  return {
    kind: 'rewrite',
    framing: 'sse-or-json',
    frame(frame: Frame, _: SseWriter, meter: Meter) {
      const value = frame.json()
      const event: unknown = Array.isArray(value) ? value[0] : value
      if (!isRecord(event)) {
        if (value === undefined && /^\s*[[{]/.test(frame.data)) {
          fail(meter, 'Vertex AI sent an event that is not JSON')
        }
        return
      }
      if (event.error !== undefined && event.error !== null) {
        return meter.fail(readGoogleFailure(event.error))
      }
      readDrawing(event, drawing)
    },
    end(out: SseWriter, meter: Meter) {
      meter.model(model)
      const counted = sumUsage([drawing.metadata])
      if (counted !== undefined) meter.usage(counted.usage)
      if (!drawing.finished)
        return fail(meter, 'the provider ended the stream before its last event')
      if (drawing.images.length === 0) return meter.fail(explainNothing(drawing))
      meter.content()
      for (const [index, b64_json] of drawing.images.entries()) {
        const isLast = index === drawing.images.length - 1
        const event: ImageCompleted = {
          type,
          b64_json,
          created_at: created,
          output_format: drawing.format,
          usage: isLast ? counted?.written : undefined,
        }
        out.send(event, type)
      }
    },
    failure: writeOpenAIFailure,
  }
}

function fail(meter: Meter, message: string): void {
  meter.fail({ status: 502, type: vertexErrorType, message })
}
