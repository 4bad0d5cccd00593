import { expect, it } from 'vitest'
import { parseDataUrl } from '../../../src/convert/data-url.ts'

it.each([
  ['data:image/png;base64,QUJD', 'image/png', 'QUJD'],
  ['DATA:Image/PNG;charset=x;base64,QUI', 'image/png', 'QUI='],
  ['data:image/gif,QUJD', 'image/gif', 'QUJD'],
  ['data:,QUJD', '', 'QUJD'],
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
