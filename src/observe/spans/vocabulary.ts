// Which vocabulary spans are written in.
import type { OtelSettings } from '../otel-settings.ts'
import { createGenaiVocabulary } from './genai/index.ts'
import { readHiding } from './openinference/hiding.ts'
import { createOpenInference } from './openinference/index.ts'
import type { Vocabulary } from './span-set.ts'

export interface ChosenVocabulary {
  readonly vocabulary: Vocabulary
  /** Whether each part of each message becomes an attribute of its own. */
  readonly flattensMessages: boolean
}

/** `env`: for the OPENINFERENCE_* variables. */
export function createVocabulary(
  settings: Pick<OtelSettings, 'vocabulary' | 'capturesMessages'>,
  env: Readonly<Record<string, string | undefined>>,
): ChosenVocabulary {
  if (settings.vocabulary === 'gen_ai') {
    return {
      vocabulary: createGenaiVocabulary(settings.capturesMessages),
      flattensMessages: false,
    }
  }
  const hiding = readHiding(env)
  const hidden =
    (hiding.inputs || hiding.inputMessages) && (hiding.outputs || hiding.outputMessages)
  return { vocabulary: createOpenInference(hiding), flattensMessages: !hidden }
}
