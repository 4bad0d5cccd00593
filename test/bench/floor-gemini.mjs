// Chat completions as generateContent of Gemini on Vertex AI, and back.
import { convertContent, createChunkWriter, writeAnswer } from './chat-messages.mjs'
import { readEvents } from './server-sent-events.mjs'

const finishReasons = { STOP: 'stop', MAX_TOKENS: 'length' }
const parts = {
  text: (text) => ({ text }),
  image: (mimeType, data) => ({ inlineData: { mimeType, data } }),
}

function toUsage({
  promptTokenCount,
  candidatesTokenCount,
  totalTokenCount,
  promptTokensDetails,
  candidatesTokensDetails,
}) {
  return {
    prompt_tokens: promptTokenCount,
    completion_tokens: candidatesTokenCount,
    total_tokens: totalTokenCount,
    completion_tokens_details: { text_tokens: candidatesTokensDetails[0].tokenCount },
    prompt_tokens_details: { text_tokens: promptTokensDetails[0].tokenCount },
  }
}

const textOf = ({ content }) => content.parts.map(({ text }) => text).join('')

export const gemini = {
  path: ({ model, stream }) =>
    `/v1/projects/bench/locations/us-central1/publishers/google/models/${model}:${
      stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
    }`,
  toRequest: ({ messages, max_tokens, temperature }) =>
    JSON.stringify({
      contents: messages
        .filter(({ role }) => role !== 'system')
        .map(({ content, role }) => ({
          role: role === 'assistant' ? 'model' : role,
          parts: convertContent(content, parts),
        })),
      generationConfig: { maxOutputTokens: max_tokens, temperature },
      systemInstruction: {
        parts: messages
          .filter(({ role }) => role === 'system')
          .flatMap(({ content }) => convertContent(content, parts)),
      },
    }),
  fromAnswer: ({ responseId, modelVersion, candidates, usageMetadata }) =>
    writeAnswer({
      id: responseId,
      model: modelVersion,
      content: textOf(candidates[0]),
      finish_reason: finishReasons[candidates[0].finishReason],
      usage: toUsage(usageMetadata),
    }),
  translateStream({ answer, model, send, finish }) {
    const chunks = createChunkWriter({ id: undefined, model }, send)
    let usage
    const emit = (data) => {
      const { responseId, candidates, usageMetadata } = JSON.parse(data)
      const role = chunks.id === undefined ? 'assistant' : undefined
      chunks.id ??= responseId
      usage = usageMetadata
      const [candidate] = candidates
      const content = textOf(candidate) || undefined
      chunks.delta({ content, role }, finishReasons[candidate.finishReason] ?? null)
    }
    const end = () => {
      chunks.end(toUsage(usage))
      finish()
    }
    readEvents(answer, '\r\n\r\n', { emit, end })
  },
}
