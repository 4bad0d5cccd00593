// https://platform.openai.com/docs/api-reference/audio/createSpeech
import { createJsonEndpoint } from './json-endpoint.ts'

export const audioSpeech = createJsonEndpoint({
  id: 'audio-speech',
  path: '/v1/audio/speech',
  operation: 'speech',
  // Audio always comes piece by piece; this asks for events.
  isStream: ({ stream_format }) => stream_format === 'sse',
})
