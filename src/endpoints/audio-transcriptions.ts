// https://platform.openai.com/docs/api-reference/audio/createTranscription
import { asksForStream, createAudioUpload } from './audio-upload.ts'

export const audioTranscriptions = createAudioUpload({
  id: 'audio-transcriptions',
  path: '/v1/audio/transcriptions',
  operation: 'transcription',
  isStream: asksForStream,
})
