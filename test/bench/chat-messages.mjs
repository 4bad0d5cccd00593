// What floors share: chat completions read and written.

/** `text(text)` and `image(mediaType, base64)` make the blocks of a message's content. */
export function convertContent(content, { text, image }) {
  if (typeof content === 'string') return [text(content)]
  return content.map((part) => {
    if (part.type === 'text') return text(part.text)
    const { url } = part.image_url
    const comma = url.indexOf(',')
    return image(url.slice(5, url.indexOf(';')), url.slice(comma + 1))
  })
}

const now = () => Math.floor(Date.now() / 1000)

export const writeAnswer = ({ id, model, content, finish_reason, usage }) =>
  JSON.stringify({
    id,
    choices: [{ finish_reason, index: 0, message: { content, role: 'assistant' } }],
    created: now(),
    model,
    object: 'chat.completion',
    usage,
  })

/** Writes the chunks of one answer, whose `id` may become known later. */
export function createChunkWriter({ id, model }, send) {
  const created = now()
  const object = 'chat.completion.chunk'
  const writer = {
    id,
    delta(delta, finish_reason) {
      const choices = [{ index: 0, delta, finish_reason }]
      send(JSON.stringify({ id: writer.id, choices, created, model, object }))
    },
    end(usage) {
      send(JSON.stringify({ id: writer.id, choices: [], created, model, object, usage }))
      send('[DONE]')
    },
  }
  return writer
}
