// InvokeModelWithResponseStream of Amazon Bedrock: each frame has the model's own event inside, as base64.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html
import { decodeBase64 } from '../base64-bytes.ts'
import { isRecord } from '../json/is-record.ts'
import { createAwsEventStreamDecoder } from './aws-event-stream.ts'
import { createSseFrame, type FrameDecoder } from './frame.ts'
import type { Frame } from './stream-translator.ts'

/** Frames that report a failure come through as they are; others without `bytes` are left out. */
export function createAwsChunkDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
): FrameDecoder {
  return createAwsEventStreamDecoder((frame) => {
    if (frame.exception !== undefined) return visit(frame)
    const text = decodeText(readBytes(frame))
    if (text !== undefined) visit(createSseFrame(text, undefined))
  }, maxFrameBytes)
}

const opening = '{"bytes":"'

/** Base64 needs no escapes, so that the member can mostly be cut out without parsing. */
function readBytes(frame: Frame): string | undefined {
  const { data } = frame
  if (data.startsWith(opening)) {
    const end = data.indexOf('"', opening.length)
    const bytes = data.slice(opening.length, end)
    if (end > 0 && !bytes.includes('\\')) return bytes
  }
  const value = frame.json()
  return isRecord(value) && typeof value.bytes === 'string' ? value.bytes : undefined
}

const decoder = new TextDecoder()

/** `undefined` for what is not base64. */
function decodeText(base64: string | undefined): string | undefined {
  if (base64 === undefined) return undefined
  const bytes = decodeBase64(base64)
  return bytes && decoder.decode(bytes)
}
