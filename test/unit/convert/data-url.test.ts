import { expect, it } from 'vitest'
import { parseDataUrl } from '../../../src/convert/data-url.ts'

it.each([
  ['data:image/png;base64,QUJD', 'image/png', 'QUJD'],
  ['DATA:Image/PNG;charset=x;base64,QUI', 'image/png', 'QUI='],
  ['data:image/gif,QUJD', 'image/gif', 'QUJD'],
  ['data:,QUJD', '', 'QUJD'],
  ['data:image/png;base64,QU\nJD QUI%3D', 'image/png', 'QUJDQUI='],
  ['data:text/plain,caf%C3%A9!', 'text/plain', 'Y2Fmw6kh'],
  ['data:;base64,iVBORw0KGgo=', 'image/png', 'iVBORw0KGgo='],
  ['data:;base64,/9j/4AAQ', 'image/jpeg', '/9j/4AAQ'],
  ['data:;base64,R0lGODlh', 'image/gif', 'R0lGODlh'],
  ['data:;base64,UklGRv////9XRUJQVlA4IA==', 'image/webp', 'UklGRv////9XRUJQVlA4IA=='],
  ['data:;base64,JVBERi0x', 'application/pdf', 'JVBERi0x'],
])('%s', (url, mediaType, base64) => {
  expect(parseDataUrl(url)).toEqual({ mediaType, base64 })
})

it.each([
  'https://example.com/a,b',
  'data:image/png;base64',
  'data:image/png;base64,*',
  'xdata:,QQ==',
])('%s is none', (url) => {
  expect(parseDataUrl(url)).toBeUndefined()
})
