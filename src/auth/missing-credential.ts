// The error for a backend whose credential was never given, with the word for what to set.
import { GatewayError } from '../errors.ts'

/** `advice` is like `set OPENAI_API_KEY`. */
export function missingCredential(advice: string | undefined): GatewayError {
  const message = 'missing upstream credential'
  return new GatewayError(
    'credential-missing',
    advice === undefined ? message : `${message}: ${advice}`,
  )
}
