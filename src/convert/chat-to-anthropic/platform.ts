// Who runs Claude, and what of the Messages API is there. New models fit the patterns by their names.
// https://platform.claude.com/docs/en/build-with-claude/overview

export interface Platform {
  /** For messages. */
  readonly provider: string
  /** Models that answer in a given JSON schema. */
  readonly structuredOutput: RegExp
  readonly webSearch: boolean
  readonly files: boolean
  readonly serviceTiers: boolean
}

const since45 =
  /(?:opus|sonnet|haiku)-4[.-](?:[5-9]|\d\d)(?!\d)|(?:opus|sonnet|haiku|fable|mythos)-(?:[5-9]|\d\d)(?!\d)|mythos-preview/i

export const anthropicApi: Platform = {
  provider: 'Anthropic',
  structuredOutput: since45,
  webSearch: true,
  files: true,
  serviceTiers: true,
}

export const vertexAi: Platform = {
  provider: 'Claude on Vertex AI',
  structuredOutput: since45,
  webSearch: true,
  files: false,
  serviceTiers: false,
}

export const bedrockInvoke: Platform = {
  provider: 'Claude on Bedrock',
  structuredOutput: /(?:opus|sonnet)-4[.-][56](?!\d)|haiku-4[.-]5(?!\d)/i,
  webSearch: false,
  files: false,
  serviceTiers: false,
}

/** Models that take `output_config.effort`. https://platform.claude.com/docs/en/build-with-claude/effort */
const withEffort =
  /opus-4[.-](?:[5-9]|\d\d)(?!\d)|sonnet-4[.-](?:[6-9]|\d\d)(?!\d)|(?:opus|sonnet|fable|mythos)-(?:[5-9]|\d\d)(?!\d)|mythos-preview/i

/** Models that think within a budget of tokens. */
const withBudget = /3[.-]7-sonnet|sonnet-3[.-]7|(?:opus|sonnet|haiku)-(?:[4-9]|\d\d)(?!\d)/i

/** How hard a model thinks is said in a word, in a budget of tokens, or not at all. */
export function effortStyle(model: string): 'word' | 'budget' | 'none' {
  if (withEffort.test(model)) return 'word'
  return withBudget.test(model) ? 'budget' : 'none'
}

/**
 * `max_tokens` for a request that sets none: Anthropic demands one, and the oldest models take no more
 * than 4096. Moderate for the others as well, since some platforms count it against the quota at once.
 */
export function usualMaxTokens(model: string): number {
  if (withEffort.test(model) || withBudget.test(model)) return 16_384
  return /3[.-]5-(?:sonnet|haiku)(?!.20240620)/i.test(model) ? 8192 : 4096
}
