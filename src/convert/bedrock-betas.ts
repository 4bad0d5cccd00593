// Betas of Anthropic's that Bedrock knows. It reads them from the body and answers 400 to any other.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html

const known: ReadonlySet<string> = new Set([
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'dev-full-thinking-2025-05-14',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'pdfs-2024-09-25',
  'search-results-2025-06-09',
  'token-counting-2024-11-01',
  'token-efficient-tools-2025-02-19',
  'tool-search-tool-2025-10-19',
  'web-search-2025-03-05',
])

/** The same thing under Anthropic's name. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['advanced-tool-use-2025-11-20', 'tool-search-tool-2025-10-19'],
])

/** `header`: the client's `anthropic-beta`. Unknown betas are left out, each comes once. */
export function bedrockBetas(header: string | null): readonly string[] {
  const asked = (header ?? '').split(',').map((beta) => beta.trim())
  const betas = asked.map((beta) => aliases.get(beta) ?? beta).filter((beta) => known.has(beta))
  return [...new Set(betas)]
}
