import { expect, it } from 'vitest'
import { bedrockBetas } from '../../../src/convert/bedrock-betas.ts'

it.each<[string | null, readonly string[]]>([
  [null, []],
  ['', []],
  ['context-1m-2025-08-07', ['context-1m-2025-08-07']],
  [' pdfs-2024-09-25 ,, context-1m-2025-08-07', ['pdfs-2024-09-25', 'context-1m-2025-08-07']],
  ['prompt-caching-2024-07-31,files-api-2025-04-14', []],
  ['advanced-tool-use-2025-11-20, tool-search-tool-2025-10-19', ['tool-search-tool-2025-10-19']],
])('of %j goes to Bedrock %j', (header, betas) => {
  expect(bedrockBetas(header)).toEqual(betas)
})
