// What a Gemini model understands, by its name. A name without a version, such as `gemini-flash-latest`,
// stands for the newest; a name that is not Gemini's for the oldest, whose forms every model takes.
// https://cloud.google.com/vertex-ai/generative-ai/docs/models

export interface GeminiModel {
  /** Any JSON schema; older models take a subset in a form of their own. */
  readonly takesJsonSchema: boolean
  /** How finely media is looked at. */
  readonly takesMediaResolution: boolean
  /** In what words it is told how much to think. */
  readonly thinking: 'level' | 'budget' | 'none'
  /** Calls in a conversation must carry a signature of the thinking before them. */
  readonly needsSignatures: boolean
  /** A Flash model can do without thinking. */
  readonly family: 'flash' | 'other'
  /** Where it draws: images without a text beside them. */
  readonly drawsAlone: boolean
  /** Where it draws: images of 2K and 4K. */
  readonly drawsLarge: boolean
}

const newest = [3, 0] as const
const oldest = [1, 0] as const

export function geminiModel(model: string): GeminiModel {
  const [major, minor] = readVersion(model.toLowerCase())
  const isThree = major >= 3
  const isTwoFive = isThree || (major === 2 && minor >= 5)
  return {
    takesJsonSchema: isTwoFive,
    takesMediaResolution: isThree,
    thinking: isThree ? 'level' : isTwoFive ? 'budget' : 'none',
    needsSignatures: isThree,
    family: /flash/i.test(model) ? 'flash' : 'other',
    drawsAlone: isTwoFive,
    drawsLarge: isThree,
  }
}

function readVersion(model: string): readonly [number, number] {
  if (!model.includes('gemini')) return oldest
  // `gemini-live-2.5-flash` has a word before its version; `gemini-exp-1206` has a date and no version.
  const found = /gemini-(?:[a-z]+-)*?(\d{1,2})(?:\.(\d+))?(?!\d)/.exec(model)
  return found === null ? newest : [Number(found[1]), Number(found[2] ?? 0)]
}
