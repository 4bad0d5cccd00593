// What spans must not say: the variables of OpenInference's instrumentations.
// https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md
type Environment = Readonly<Record<string, string | undefined>>

export interface Hiding {
  readonly invocationParameters: boolean
  readonly inputs: boolean
  readonly outputs: boolean
  readonly inputMessages: boolean
  readonly outputMessages: boolean
  readonly inputImages: boolean
  readonly inputText: boolean
  readonly outputText: boolean
  readonly embeddingsText: boolean
  readonly embeddingsVectors: boolean
  readonly prompts: boolean
  readonly choices: boolean
  /** Bytes of a data URL; longer ones are redacted. */
  readonly maxImageLength: number
}

const defaultMaxImageLength = 32_000

/** What is no boolean or no number counts as not set. */
export function readHiding(env: Environment): Hiding {
  const flag = (...names: readonly string[]) =>
    names.some((name) => readBoolean(env[`OPENINFERENCE_HIDE_${name}`]) === true)
  const length = env['OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH'] ?? ''
  return {
    invocationParameters: flag('LLM_INVOCATION_PARAMETERS'),
    inputs: flag('INPUTS'),
    outputs: flag('OUTPUTS'),
    inputMessages: flag('INPUT_MESSAGES'),
    outputMessages: flag('OUTPUT_MESSAGES'),
    inputImages: flag('INPUT_IMAGES'),
    inputText: flag('INPUT_TEXT'),
    outputText: flag('OUTPUT_TEXT'),
    embeddingsText: flag('EMBEDDINGS_TEXT'),
    embeddingsVectors: flag('EMBEDDINGS_VECTORS', 'EMBEDDING_VECTORS'),
    prompts: flag('PROMPTS', 'LLM_PROMPTS'),
    choices: flag('CHOICES'),
    maxImageLength: /^[+-]?\d+$/.test(length) ? Number(length) : defaultMaxImageLength,
  }
}

const booleans = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

/** As Go reads them. */
export const readBoolean = (text: string | undefined): boolean | undefined =>
  booleans.get(text ?? '')
