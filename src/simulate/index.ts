// The providers that can be simulated. A request goes to the first that serves its URL; the last takes what is left.
import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { bedrock } from './bedrock.ts'
import { countTokens } from './count-tokens.ts'
import type { SimulatedDialect } from './dialect.ts'
import { gemini } from './gemini.ts'
import { oauthToken } from './oauth-token.ts'
import { openai } from './openai.ts'

export const dialects: readonly SimulatedDialect[] = [
  countTokens,
  anthropic,
  bedrock,
  gemini,
  oauthToken,
  azure,
  openai,
]
