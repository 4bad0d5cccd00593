// Files as people write them, each with three slips: indentation, a name in a reference, the name of a schema. What is said
// must be enough to put it right.
import { describe, expect, it } from 'vitest'
import { load, messages } from './support.ts'
import { typicalFiles } from './typical-files.ts'

type File = keyof typeof typicalFiles

/** Errors and what follows from them: the line that each is at, what is said, and what to do. */
function explain(file: File, wanted: string, written: string): string[] {
  const text = typicalFiles[file]
  if (text.split(wanted).length !== 2) throw new Error(`${wanted} must be there once`)
  const changed = text.replace(wanted, () => written)
  const lines = changed.split('\n')
  const known = new Set(load(text).diagnostics.map(({ message }) => message))
  return load(changed)
    .diagnostics.filter(({ message }) => !known.has(message))
    .map(({ line, message, hint }) => `${lines[line - 1]?.trim()} | ${message} | ${hint ?? ''}`)
}

it.each(Object.entries(typicalFiles))('%s loads', (_, text) => {
  expect(messages(load(text), 'error')).toEqual([])
})

describe('a slip in the indentation', () => {
  it.each<[File, string, string, string[]]>([
    [
      'one provider',
      '      backendRefs:\n        - name: openai',
      '        backendRefs:\n        - name: openai',
      [
        'backendRefs: | the indentation of this line fits none of the lines before it | spaces to put before it: 6 beside matches on line 31, 10 beside headers on line 32',
      ],
    ],
    [
      'Claude at Anthropic',
      '  schema:\n    name: Anthropic',
      '  schema:\n  name: Anthropic',
      [
        'schema: | AIServiceBackend default/claude: spec.schema: Required value | it is empty: what belongs to it must be indented more than it',
        'name: Anthropic | AIServiceBackend default/claude: spec.name: unknown field; it has no effect | it belongs to schema: indent it more than that',
      ],
    ],
    [
      'Amazon Bedrock',
      '    credentialsFile:\n      secretRef:\n        name: bedrock-secret',
      '    credentialsFile:\n      secretRef:\n      name: bedrock-secret',
      [
        'secretRef: | BackendSecurityPolicy default/bedrock-access: spec.awsCredentials.credentialsFile.secretRef: Required value | it is empty: what belongs to it must be indented more than it',
        'name: bedrock-secret | BackendSecurityPolicy default/bedrock-access: spec.awsCredentials.credentialsFile.name: unknown field; it has no effect | it belongs to secretRef: indent it more than that',
      ],
    ],
    [
      'Azure OpenAI',
      '    name: AzureOpenAI\n    version',
      '    name: AzureOpenAI\n      version',
      [
        'name: AzureOpenAI | the line below is indented more than this one, which has a value already | indent lines 46 and 47 alike',
      ],
    ],
    [
      'Vertex AI',
      '    - fqdn:\n        hostname: us',
      '    - fqdn:\n\thostname: us',
      [
        'hostname: us-central1-aiplatform.googleapis.com | Tabs are not allowed as indentation | use spaces',
      ],
    ],
    [
      'Cohere rerank',
      '  rules:\n    - matches:',
      '  rules:\n      matches:',
      [
        'rules: | AIGatewayRoute default/assistants: spec.rules: expected array, got object | begin each item with "- "',
      ],
    ],
    [
      'fallback',
      '    numRetries: 3',
      '   numRetries: 3',
      [
        'numRetries: 3 | the indentation of this line fits none of the lines before it | spaces to put before it: 2 beside retry on line 182, 4 beside numAttemptsPerPriority on line 183',
      ],
    ],
    [
      'token limits',
      '      type: TotalToken',
      '    type: TotalToken',
      [
        'type: TotalToken | the indentation of this line fits none of the lines before it | spaces to put before it: 2 beside llmRequestCosts on line 38, 6 beside metadataKey on line 39',
      ],
    ],
    [
      'MCP servers',
      '      toolSelector:\n        include:\n          - search',
      '      toolSelector:\n      include:\n          - search',
      [
        'include: | MCPRoute default/tools: spec.backendRefs[0].include: unknown field; it has no effect | it belongs to toolSelector: indent it more than that',
      ],
    ],
  ])('of the file of %s', (file, wanted, written, said) => {
    expect(explain(file, wanted, written)).toEqual(said)
  })
})

describe('a wrong name in a reference', () => {
  const missing = (from: string, to: string, effect = '') =>
    `${from}: there is no ${to}${effect === '' ? '' : `; ${effect}`}`

  it.each<[File, string, string, string[]]>([
    [
      'one provider',
      '        - name: openai',
      '        - name: openal',
      [
        `- name: openal | ${missing('AIGatewayRoute default/assistants: spec.rules[0].backendRefs[0].name', 'AIServiceBackend default/openal')} | did you mean openai?`,
      ],
    ],
    [
      'Claude at Anthropic',
      '      name: claude-secret',
      '      name: claude-secrets',
      [
        `name: claude-secrets | ${missing('BackendSecurityPolicy default/claude-access: spec.anthropicAPIKey.secretRef.name', 'Secret default/claude-secrets', 'requests that need it fail')} | did you mean claude-secret?`,
      ],
    ],
    [
      'Amazon Bedrock',
      '      kind: AIServiceBackend\n      name: bedrock',
      '      kind: AIServiceBackend\n      name: bedrok',
      [
        `name: bedrok | ${missing('BackendSecurityPolicy default/bedrock-access: spec.targetRefs[0].name', 'AIServiceBackend default/bedrok', 'the credential would not be sent')} | did you mean bedrock?`,
      ],
    ],
    [
      'Azure OpenAI',
      '      kind: Backend\n      name: azure-host',
      '      kind: Backend\n      name: azur-host',
      [
        `name: azur-host | ${missing('BackendTLSPolicy default/azure-tls: spec.targetRefs[0].name', 'Backend default/azur-host', 'it would be called without TLS')} | did you mean azure-host?`,
      ],
    ],
    [
      'Vertex AI',
      '    name: vertex-host\n    kind',
      '    name: vertex\n    kind',
      [
        `name: vertex | ${missing('AIServiceBackend default/vertex: spec.backendRef.name', 'Backend default/vertex')} | did you mean vertex-host?`,
      ],
    ],
    [
      'Cohere rerank',
      '    - name: team\n      kind',
      '    - name: teams\n      kind',
      [
        `- name: teams | ${missing('AIGatewayRoute default/assistants: spec.parentRefs[0].name', 'Gateway default/teams', 'the route has no effect there')} | did you mean team?`,
      ],
    ],
    [
      'fallback',
      '      kind: HTTPRoute\n      name: assistants',
      '      kind: HTTPRoute\n      name: asistants',
      [
        'backendRefs: | AIGatewayRoute default/assistants: spec.rules[0].backendRefs: backends of a higher priority number are never tried: no BackendTrafficPolicy with retry.numAttemptsPerPriority applies | add one, or annotate the route with aigw.run/auto-fallback: "true"',
        `name: asistants | ${missing('BackendTrafficPolicy default/fallback: spec.targetRefs[0].name', 'AIGatewayRoute default/asistants', 'this target has no effect')} | did you mean assistants?`,
      ],
    ],
    [
      'token limits',
      '      kind: Gateway\n      name: team',
      '      kind: Gateway\n      name: tema',
      [
        `name: tema | ${missing('BackendTrafficPolicy default/budget: spec.targetRefs[0].name', 'Gateway default/tema', 'this target has no effect')} | did you mean team?`,
      ],
    ],
    [
      'MCP servers',
      '    - name: docs\n      kind',
      '    - name: doc\n      kind',
      [
        `- name: doc | ${missing('MCPRoute default/tools: spec.backendRefs[0].name', 'Backend default/doc')} | did you mean docs?`,
      ],
    ],
  ])('in the file of %s', (file, wanted, written, said) => {
    expect(explain(file, wanted, written).filter((line) => !line.includes('is not used'))).toEqual(
      said,
    )
  })
})

describe('a wrong name of a schema', () => {
  const supported =
    '"OpenAI", "Cohere", "AWSBedrock", "AzureOpenAI", "GCPVertexAI", "GCPAnthropic", "Anthropic", "AWSAnthropic"'

  it.each<[File, string, string, string, string]>([
    ['one provider', 'openai', '    name: OpenAI', 'openai', 'OpenAI'],
    ['Claude at Anthropic', 'claude', '    name: Anthropic', 'Antropic', 'Anthropic'],
    ['Amazon Bedrock', 'bedrock', '    name: AWSBedrock', 'Bedrock', 'AWSBedrock'],
    ['Azure OpenAI', 'azure', '    name: AzureOpenAI', 'Azure', 'AzureOpenAI'],
    ['Vertex AI', 'vertex', '    name: GCPVertexAI', 'VertexAI', 'GCPVertexAI'],
    ['Cohere rerank', 'cohere', '    name: Cohere', 'CohereAI', 'Cohere'],
    ['fallback', 'bedrock', '    name: AWSBedrock', 'AWS', 'AWSBedrock or AWSAnthropic'],
    ['token limits', 'openai', '    name: OpenAI', 'OpenAl', 'OpenAI'],
    ['MCP servers', 'openai', '    name: OpenAI', 'Open AI', 'OpenAI'],
  ])('in the file of %s', (file, backend, wanted, written, meant) => {
    expect(explain(file, wanted, `    name: ${written}`)).toEqual([
      `name: ${written} | AIServiceBackend default/${backend}: spec.schema.name: Unsupported value: "${written}": supported values: ${supported} | did you mean ${meant}?`,
    ])
  })

  it('may be a schema without its name', () => {
    expect(explain('one provider', '  schema:\n    name: OpenAI', '  schema: OpenAI')).toEqual([
      'schema: OpenAI | AIServiceBackend default/openai: spec.schema: expected object, got string | write its members on the lines below it, indented',
    ])
    expect(explain('one provider', '    name: OpenAI', '    name:OpenAI')).toEqual([
      'name:OpenAI | AIServiceBackend default/openai: spec.schema: expected object, got string | put a space after the colon',
    ])
  })
})
