// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerationConfig
import type { GenerationConfig, StructuredOutput } from '../../wire/gemini/generate-content.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import type { GeminiModel } from './model-gates.ts'
import { convertThinking } from './thinking.ts'

export function convertGeneration(
  request: CheckedChatRequest,
  model: GeminiModel,
  output: StructuredOutput,
): GenerationConfig {
  const own = request.generationConfig ?? {}
  const stop = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? [])
  const stopSequences = stop.filter((sequence) => sequence !== '')
  const resolution = (own.media_resolution ?? own.mediaResolution) || undefined
  const { responseModalities, speechConfig } = convertModalities(request)
  // Written out: V8 makes a hidden class for each object that a spread is a part of.
  return {
    responseMimeType: output.responseMimeType,
    responseSchema: output.responseSchema,
    responseJsonSchema: output.responseJsonSchema,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? own.topK ?? undefined,
    // OpenAI's seeds have 64 bits, Gemini's 32: the same seed must only stay the same.
    seed: request.seed == null ? undefined : request.seed | 0,
    responseLogprobs: request.logprobs ? true : undefined,
    logprobs: request.top_logprobs ?? undefined,
    candidateCount: request.n || undefined,
    maxOutputTokens: (request.max_completion_tokens ?? request.max_tokens) || undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    stopSequences: stopSequences.length > 0 ? stopSequences : undefined,
    thinkingConfig: convertThinking(request, model),
    mediaResolution: model.takesMediaResolution ? resolution : undefined,
    responseModalities,
    speechConfig,
  }
}

/** Text alone is what a model answers with unasked, and some refuse to be told. */
function convertModalities(
  request: CheckedChatRequest,
): Pick<GenerationConfig, 'responseModalities' | 'speechConfig'> {
  const modalities = request.modalities ?? []
  if (!modalities.some((modality) => modality !== 'text')) return {}
  const voiceName = request.audio?.voice
  const speaks = modalities.includes('audio') && voiceName
  return {
    responseModalities: modalities.map((modality) => modality.toUpperCase()),
    speechConfig: speaks ? { voiceConfig: { prebuiltVoiceConfig: { voiceName } } } : undefined,
  }
}
