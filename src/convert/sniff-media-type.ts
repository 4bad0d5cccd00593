// What a file is, by its first bytes: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern

const signatures: readonly (readonly [mediaType: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
  ['application/pdf', 0, '%PDF'],
  ['audio/wav', 8, 'WAVE'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mpeg', 0, '\xff\xfb'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/ogg', 0, 'OggS'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
]

/** '' for what is not known. */
export function sniffMediaType(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 16))
  return signatures.find(([, offset, mark]) => text.startsWith(mark, offset))?.[0] ?? ''
}
