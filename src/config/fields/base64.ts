// Base64 text in `data` and `binaryData`.
import * as v from 'valibot'

/** The bytes as UTF-8 text; undefined where the text is no base64. */
function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    return undefined
  }
}

/** In: base64. Out: the text that it stands for. The message never shows a value. */
export const base64Text = v.pipe(
  v.string(),
  v.check((text) => decodeBase64(text) !== undefined, 'is not valid base64'),
  v.transform((text) => decodeBase64(text) ?? ''),
)
