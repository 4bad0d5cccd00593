// One segment of a path, encoded as providers that sign or match it expect.
// https://www.rfc-editor.org/rfc/rfc3986#section-3.3

/** Leaves `A-Z a-z 0-9 - _ . ~ $ & + : = @`; all else is percent-encoded as UTF-8. */
export function encodePathSegment(text: string): string {
  if (/^[\w.~$&+:=@-]*$/.test(text)) return text
  // encodeURIComponent throws on half a surrogate pair.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
