// OpenAI's own dialect: the request goes out as it came, each event is parsed and written anew.
import { readEvents } from './server-sent-events.mjs'

export const openai = {
  path: () => '/v1/chat/completions',
  toRequest: (_, text) => text,
  fromAnswer: (_, { text }) => text,
  translateStream({ answer, send, finish }) {
    const rewrite = (data) => JSON.stringify({ ...JSON.parse(data), model: 'rewritten' })
    const emit = (data) => send(data === '[DONE]' ? data : rewrite(data))
    readEvents(answer, '\n\n', { emit, end: finish })
  },
}
