// https://platform.openai.com/docs/api-reference/audio/createTranslation
import { createAudioUpload } from './audio-upload.ts'

export const audioTranslations = createAudioUpload({
  id: 'audio-translations',
  path: '/v1/audio/translations',
  operation: 'translation',
  isStream: () => false,
})
