// The texts of an embeddings request, for models that read nothing else.
import type { CheckedEmbeddingsRequest, EmbeddingsItem } from '../../wire/openai/embeddings.ts'
import { refusal } from '../refusal.ts'

/** `provider`: for messages. Throws a `GatewayError` (`invalid-request`). */
export function listTexts(request: CheckedEmbeddingsRequest, provider: string): readonly string[] {
  if (request.messages) {
    throw refusal(
      `${provider} requires an input-based embedding request (messages not supported)`,
      'messages',
    )
  }
  const { input } = request
  const items: readonly unknown[] = Array.isArray(input) ? input : [input]
  const texts = items.flatMap((item): readonly string[] => {
    if (typeof item === 'string') return [item]
    if (item === undefined || item === null) throw refusal('there is nothing to embed', 'input')
    if (typeof item === 'number' || Array.isArray(item)) {
      throw refusal('unsupported input type for embedding: tokens', 'input')
    }
    // The cast: what is left of the kinds that the check lets through.
    return [(item as EmbeddingsItem).content].flat()
  })
  if (texts.length === 0) throw refusal('there is nothing to embed', 'input')
  return texts
}
