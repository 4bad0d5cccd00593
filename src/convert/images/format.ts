/** OpenAI's name of an image's format; undefined where it is not said, or is none that OpenAI has. */
export function formatOf(mediaType: unknown): string | undefined {
  return typeof mediaType === 'string' ? formats.get(mediaType) : undefined
}

const formats: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/webp', 'webp'],
])
