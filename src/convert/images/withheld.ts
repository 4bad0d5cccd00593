// Why there is no image, in terms that OpenAI has: https://platform.openai.com/docs/guides/image-generation
import type { StreamFailure } from '../../streams/stream-translator.ts'
import { vertexErrorType } from '../errors/google-error.ts'

/** The request's own fault, as OpenAI's `moderation_blocked` is. */
export function filteredOut(reason: string): StreamFailure {
  return {
    status: 400,
    type: 'image_generation_user_error',
    code: 'moderation_blocked',
    message: `Your request was rejected by the safety system: ${reason}`,
  }
}

/** `said`: what the model says instead, '' where it says nothing. */
export function notDrawn(said: string): StreamFailure {
  const words = said === '' ? '' : `: ${said}`
  return {
    status: 502,
    type: vertexErrorType,
    message: `Vertex AI answered without an image${words}`,
  }
}
