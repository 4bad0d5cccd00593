// Gemini on Vertex AI, whose events end in CRLF.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference#streamgeneratecontent
import { ANSWER, USAGE } from './answer-text.mjs'

const counted = (tokenCount) => [{ modality: 'TEXT', tokenCount }]
const usageMetadata = {
  promptTokenCount: USAGE.input,
  candidatesTokenCount: USAGE.output,
  totalTokenCount: USAGE.input + USAGE.output,
  trafficType: 'ON_DEMAND',
  promptTokensDetails: counted(USAGE.input),
  candidatesTokensDetails: counted(USAGE.output),
}
const answer = (text, counts, finishReason) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason }],
  usageMetadata: counts,
  modelVersion: 'gemini-2.5-flash',
  createTime: '2025-10-09T08:53:20.123456Z',
  responseId: 'bench-response-id',
})
const sse = (data) => Buffer.from(`data: ${JSON.stringify(data)}\r\n\r\n`)

export const gemini = {
  schema: { name: 'GCPVertexAI' },
  unaryType: 'application/json; charset=UTF-8',
  streamType: 'text/event-stream',
  whole: JSON.stringify(answer(ANSWER, usageMetadata, 'STOP')),
  open: [],
  piece: (text) => sse(answer(text, { trafficType: 'ON_DEMAND' })),
  close: [sse(answer('', usageMetadata, 'STOP'))],
  overhead: 1,
}
