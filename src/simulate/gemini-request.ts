// What Gemini makes of a request, and what it refuses.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import type { OfferedTool, Prompt } from './compose.ts'
import { readJson, type SimulatedRequest } from './dialect.ts'
import { readGeminiContents } from './gemini-contents.ts'
import { lowerTypes } from './gemini-schema.ts'
import { readGeminiTools } from './gemini-tools.ts'
import { rejectAsGoogle } from './google-error.ts'
import { type Members, readMessage, readNumber, readRepeated, readString } from './google-fields.ts'

export interface GeminiRequest {
  readonly prompt: Prompt
  /** How many candidates. */
  readonly count: number
  readonly showsThoughts: boolean
  /** An answer of plain text, JSON, or a bare word out of a list. */
  readonly form: 'text' | 'json' | 'word'
  /** Whether a picture is asked for. */
  readonly draws: boolean
}

const requestMembers = [
  'contents',
  'tools',
  'toolConfig',
  'generationConfig',
  'systemInstruction',
  'safetySettings',
  'cachedContent',
  'labels',
]

const configMembers = [
  'temperature',
  'topP',
  'topK',
  'seed',
  'responseLogprobs',
  'logprobs',
  'candidateCount',
  'maxOutputTokens',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'thinkingConfig',
  'mediaResolution',
  'responseModalities',
  'speechConfig',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'imageConfig',
]

/** Throws a `Rejection`. */
export function readGeminiRequest(request: SimulatedRequest, model: string): GeminiRequest {
  const body = readJson(request.body)
  if (body === undefined) return rejectAsGoogle('Invalid JSON payload received. Unexpected token.')
  const members = readMessage(body, '', requestMembers)
  const config = readMessage(members.generationConfig ?? {}, 'generation_config', configMembers)
  const conversation = readGeminiContents(members, model)
  const tools = readGeminiTools(members)
  readRanges(config)
  const thinking = readThinking(config, model)
  const output = readOutput(config)
  return {
    count: readNumber(config, 'candidateCount', 'generation_config', integers(1, 8)) ?? 1,
    showsThoughts: thinking.includeThoughts === true,
    form: output.form,
    draws: readDraws(config, model),
    prompt: {
      model,
      backend: request.backend,
      question: conversation.question,
      toolResults: conversation.toolResults,
      tools: tools.offered,
      choice: tools.choice,
      maxCalls: tools.offered.length,
      format: output.format,
      maxTokens: readNumber(config, 'maxOutputTokens', 'generation_config', integers(1, 1_000_000)),
      stopSequences: readStops(config),
      length: request.length,
      texts: [...conversation.texts, ...tools.offered.map(describeTool)],
    },
  }
}

const integers = (least: number, most: number) => ({ least, most, integer: true }) as const

function describeTool(tool: OfferedTool): string {
  return `${tool.name} ${JSON.stringify(tool.schema)}`
}

function readRanges(config: Members): void {
  const path = 'generation_config'
  readNumber(config, 'temperature', path, { least: 0, most: 2 })
  readNumber(config, 'topP', path, { least: 0, most: 1 })
  readNumber(config, 'topK', path, { least: 1, most: 64 })
  readNumber(config, 'seed', path, integers(-(2 ** 31), 2 ** 31 - 1))
  readNumber(config, 'logprobs', path, integers(0, 20))
  readNumber(config, 'presencePenalty', path, { least: -2, most: 2 })
  readNumber(config, 'frequencyPenalty', path, { least: -2, most: 2 })
}

function readThinking(config: Members, model: string): Members {
  const known = ['includeThoughts', 'thinkingBudget', 'thinkingLevel']
  const path = 'generation_config.thinking_config'
  const thinking = readMessage(config.thinkingConfig ?? {}, path, known)
  const budget = readNumber(thinking, 'thinkingBudget', path, integers(-1, 32_768))
  const level = readString(thinking, 'thinkingLevel', path)
  if (budget !== undefined && level !== undefined) {
    rejectAsGoogle(
      'Unable to submit request because only one of thinking budget and thinking level can be set.',
    )
  }
  if (level !== undefined && !['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'].includes(level)) {
    rejectAsGoogle(`Invalid value at '${path}.thinking_level', "${level}"`)
  }
  if (budget === 0 && /pro/.test(model)) {
    rejectAsGoogle('Budget 0 is invalid. This model only works in thinking mode.')
  }
  return thinking
}

function readDraws(config: Members, model: string): boolean {
  const path = 'generation_config.image_config'
  const known = ['aspectRatio', 'imageSize', 'imageOutputOptions', 'personGeneration']
  const image = readMessage(config.imageConfig ?? {}, path, known)
  const size = readString(image, 'imageSize', path)
  if (size !== undefined && !['1K', '2K', '4K'].includes(size)) {
    rejectAsGoogle(`Invalid value at '${path}.image_size', "${size}"`)
  }
  const asked = readRepeated(config, 'responseModalities', 'generation_config').includes('IMAGE')
  if (asked && !model.includes('image')) {
    rejectAsGoogle('Unable to submit request because the model does not support image output.')
  }
  return asked
}

function readStops(config: Members): string[] {
  const stops = readRepeated(config, 'stopSequences', 'generation_config')
  return stops.map((stop) =>
    typeof stop === 'string' && stop !== ''
      ? stop
      : rejectAsGoogle('Unable to submit request because a stop sequence is empty.'),
  )
}

function readOutput(config: Members): Pick<GeminiRequest, 'form'> & Pick<Prompt, 'format'> {
  const type = readString(config, 'responseMimeType', 'generation_config') ?? 'text/plain'
  const { responseSchema, responseJsonSchema } = config
  const schema = responseJsonSchema ?? (responseSchema && lowerTypes(responseSchema))
  switch (type) {
    case 'text/plain':
      if (schema === undefined || schema === null) return { form: 'text', format: 'text' }
      return rejectAsGoogle(
        'Unable to submit request because response_schema needs a response_mime_type of application/json or text/x.enum.',
      )
    case 'application/json':
      return { form: 'json', format: schema === undefined ? 'object' : { schema } }
    case 'text/x.enum':
      return { form: 'word', format: { schema } }
    default:
      return rejectAsGoogle(
        `Unable to submit request because ${type} is not a supported mime type.`,
      )
  }
}
