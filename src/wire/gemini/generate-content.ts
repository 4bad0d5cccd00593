// Gemini's generateContent and streamGenerateContent: what is written as a request and read of an answer.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import type { RawJson } from '../../json/raw-json.ts'

export interface GenerateContentRequest {
  readonly contents: readonly GeminiContent[]
  readonly tools?: readonly GeminiTool[] | undefined
  readonly toolConfig?: GeminiToolConfig | undefined
  readonly generationConfig: GenerationConfig
  /** Without a role. */
  readonly systemInstruction?: { readonly parts: readonly GeminiPart[] } | undefined
  readonly safetySettings?: readonly SafetySetting[] | undefined
  /** The name of a cache: `projects/…/cachedContents/…`. */
  readonly cachedContent?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export interface GeminiContent {
  readonly role: 'user' | 'model'
  readonly parts: readonly GeminiPart[]
}

export type GeminiPart =
  | {
      readonly text: string
      readonly thought?: true
      /** Base64. */
      readonly thoughtSignature?: string | undefined
    }
  | MediaPart
  | {
      readonly functionCall: { readonly name: string; readonly args?: RawJson | undefined }
      readonly thoughtSignature?: string | undefined
    }
  | {
      readonly functionResponse: {
        readonly name: string
        readonly response: { readonly output: string }
      }
    }

export interface MediaPart {
  readonly inlineData?: { readonly mimeType: string; readonly data: string }
  readonly fileData?: { readonly fileUri: string; readonly mimeType: string }
  readonly mediaResolution?: { readonly level: string } | undefined
}

/** One member each: a tool of Google's own, or all functions together. */
export interface GeminiTool {
  readonly googleSearch?: SearchOptions
  readonly enterpriseWebSearch?: SearchOptions
  readonly urlContext?: EmptyOptions
  readonly codeExecution?: EmptyOptions
  readonly googleMaps?: EmptyOptions
  readonly functionDeclarations?: readonly FunctionDeclaration[]
}

type EmptyOptions = Readonly<Record<string, never>>

export interface SearchOptions {
  readonly excludeDomains?: readonly string[] | undefined
  readonly blockingConfidence?: string | undefined
  readonly timeRangeFilter?:
    | { readonly startTime?: string | undefined; readonly endTime?: string | undefined }
    | undefined
}

export interface FunctionDeclaration {
  readonly name: string
  readonly description?: string | undefined
  /** Any JSON schema, from Gemini 2.5 on. */
  readonly parametersJsonSchema?: RawJson | undefined
  readonly parameters?: GeminiSchema | undefined
}

/** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/Schema */
export type GeminiSchema = Readonly<Record<string, unknown>>

export interface GeminiToolConfig {
  readonly functionCallingConfig: {
    readonly mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED'
    readonly allowedFunctionNames?: readonly string[]
  }
}

export interface GenerationConfig extends StructuredOutput {
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly seed?: number | undefined
  readonly responseLogprobs?: true | undefined
  readonly logprobs?: number | undefined
  readonly candidateCount?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly stopSequences?: readonly string[] | undefined
  readonly thinkingConfig?: ThinkingConfig | undefined
  readonly mediaResolution?: string | undefined
  readonly responseModalities?: readonly string[] | undefined
  readonly speechConfig?: unknown
  readonly imageConfig?: ImageConfig | undefined
}

/** How images are drawn. */
export interface ImageConfig {
  readonly aspectRatio?: string | undefined
  readonly imageSize?: string | undefined
  readonly imageOutputOptions?:
    | { readonly mimeType: string; readonly compressionQuality?: number | undefined }
    | undefined
}

export interface StructuredOutput {
  readonly responseMimeType?: string | undefined
  readonly responseSchema?: GeminiSchema | undefined
  readonly responseJsonSchema?: RawJson | undefined
}

/** A budget or a level: Gemini refuses both together. */
export interface ThinkingConfig {
  readonly includeThoughts?: true | undefined
  readonly thinkingBudget?: number | undefined
  readonly thinkingLevel?: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH' | undefined
}

export interface SafetySetting {
  readonly category?: string | undefined
  readonly method?: string | undefined
  readonly threshold?: string | undefined
}
