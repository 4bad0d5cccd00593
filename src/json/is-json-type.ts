/** Whether a content type says JSON: `application/json`, `application/problem+json`, … */
export function isJsonType(contentType: string | null): boolean {
  const [mediaType = ''] = (contentType ?? '').toLowerCase().split(';', 1)
  return /^(?:application|text)\/(?:.*[+.-])?json(?:$|[\s,-])/.test(mediaType.trim())
}
