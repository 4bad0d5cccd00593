/** Providers reject text that is empty or only whitespace, so such text is left out. */
export function isBlank(text: string): boolean {
  return text.trim() === ''
}
