// A chat request as the body of generateContent or streamGenerateContent.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import type { GenerateContentRequest, SafetySetting } from '../../wire/gemini/generate-content.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { checkChatRequest } from '../../wire/openai/check-chat.ts'
import { convertMessages } from './contents.ts'
import { convertGeneration } from './generation-config.ts'
import { convertLabels } from './labels.ts'
import { geminiModel } from './model-gates.ts'
import { type AnswerForm, convertOutput } from './structured-output.ts'
import { convertToolChoice } from './tool-config.ts'
import { convertTools } from './tools.ts'

export interface RequestSource {
  /** The model to ask: what it understands depends on its version. */
  readonly model: string
  /** The request's JSON text: schemas are read from it as they are spelt. */
  readonly text: () => string
}

export interface ConvertedRequest {
  /** For `writeJson`: it holds fragments of the client's JSON. */
  readonly body: GenerateContentRequest
  readonly form: AnswerForm
}

/** Throws a `GatewayError`: `malformed-request` for a wrong type, `invalid-request` for a refusal. */
export function convertRequest(request: ChatRequest, source: RequestSource): ConvertedRequest {
  const checked = checkChatRequest(request)
  const model = geminiModel(source.model)
  const { contents, system } = convertMessages(checked.messages ?? [], model)
  const output = convertOutput(checked, model, source.text)
  const body: GenerateContentRequest = {
    contents,
    tools: convertTools(checked, model, source.text),
    toolConfig: convertToolChoice(checked.tool_choice),
    generationConfig: convertGeneration(checked, model, output.config),
    systemInstruction: system.length > 0 ? { parts: system } : undefined,
    safetySettings: checked.safetySettings?.map(convertSafety),
    cachedContent: checked.cachedContent || undefined,
    labels: convertLabels(checked),
  }
  return { body, form: output.form }
}

function convertSafety({ category, method, threshold }: SafetySetting): SafetySetting {
  return { category, method, threshold }
}
