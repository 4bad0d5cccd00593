import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime'
import { describe, expect, it } from 'vitest'
import type { UpstreamResponse } from '../../../src/ports.ts'
import { countTokens } from '../../../src/simulate/tokens.ts'
import { converseStreamUrl, converseUrl, instant, readJson, readText, send } from './support.ts'

interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** The official client, with the simulator in place of the network. */
function createClient(extra: Readonly<Record<string, string>> = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDNONE', secretAccessKey: 'none' },
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      async handle(request: SdkRequest) {
        const url = `${request.protocol}//${request.hostname}${request.path}`
        const { body = '' } = request
        const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
        const answer = await send(instant, url, text, {
          headers: { ...request.headers, ...extra },
          backend: 'default/bedrock',
        })
        return { response: toSdkResponse(answer) }
      },
    },
  })
}

function toSdkResponse(answer: UpstreamResponse) {
  const headers: Record<string, string> = {}
  answer.headers.forEach((value, name) => {
    headers[name] = value
  })
  return { statusCode: answer.status, headers, body: answer.body }
}

const client = createClient()
const modelId = 'us.acme.claude-v1:0'
const userTurn = (text: string) => ({ role: 'user' as const, content: [{ text }] })

function toolConfig(
  names: readonly string[],
  toolChoice?: NonNullable<ConverseCommandInput['toolConfig']>['toolChoice'],
): NonNullable<ConverseCommandInput['toolConfig']> {
  const json = {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } },
    required: ['city', 'days'],
  }
  return {
    tools: names.map((name) => ({ toolSpec: { name, inputSchema: { json } } })),
    ...(toolChoice !== undefined && { toolChoice }),
  }
}

async function readStream(input: ConverseCommandInput): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(input))
  const events: ConverseStreamOutput[] = []
  for await (const event of stream ?? []) events.push(event)
  return events
}

describe('Converse', () => {
  it('quotes the last user message and names model and backend', async () => {
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [
          userTurn('one'),
          { role: 'assistant', content: [{ text: 'yes' }] },
          { role: 'user', content: [{ text: 'two' }, { text: '!' }] },
        ],
      }),
    )
    expect(answer.output?.message).toEqual({
      role: 'assistant',
      content: [
        { text: 'You said "two!". This is us.acme.claude-v1:0, simulated at default/bedrock.' },
      ],
    })
    expect(answer.stopReason).toBe('end_turn')
    expect(answer.metrics?.latencyMs).toBe(0)
    expect(answer.$metadata.requestId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-/,
    )
  })

  it('takes the model from one segment of the path', async () => {
    const modelArn = 'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.acme-v1:0'
    const answer = await client.send(
      new ConverseCommand({ modelId: modelArn, messages: [userTurn('hi')] }),
    )
    expect(answer.output?.message?.content?.[0]?.text).toContain(`This is ${modelArn},`)
  })

  it('counts a token for every four characters that each text begins', async () => {
    const { usage, output } = await client.send(
      new ConverseCommand({ modelId, system: [{ text: 'abcd' }], messages: [userTurn('abcde')] }),
    )
    const said = countTokens(output?.message?.content?.[0]?.text ?? '')
    expect(usage).toMatchObject({ inputTokens: 3, outputTokens: said, totalTokens: 3 + said })
  })

  it.each([
    ['max_tokens', { maxTokens: 2 }, 'You said'],
    ['stop_sequence', { stopSequences: ['END'] }, 'You said "go '],
  ])('ends with %s', async (stopReason, inferenceConfig, text) => {
    const answer = await client.send(
      new ConverseCommand({ modelId, inferenceConfig, messages: [userTurn('go END')] }),
    )
    expect(answer.stopReason).toBe(stopReason)
    expect(answer.output?.message?.content).toEqual([{ text }])
  })

  it('repeats the service tier that was asked for', async () => {
    const answer = await client.send(
      new ConverseCommand({ modelId, serviceTier: { type: 'flex' }, messages: [userTurn('hi')] }),
    )
    expect(answer.serviceTier).toEqual({ type: 'flex' })
  })

  it('calls each tool that the last user message names', async () => {
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [userTurn('alpha, then beta')],
        toolConfig: toolConfig(['alpha', 'beta', 'gamma']),
      }),
    )
    expect(answer.stopReason).toBe('tool_use')
    const toolUse = (name: string) => ({
      toolUse: {
        name,
        toolUseId: expect.stringMatching(/^tooluse_[0-9a-f]{22}$/),
        input: { city: 'some city', days: 3 },
      },
    })
    expect(answer.output?.message?.content).toEqual([toolUse('alpha'), toolUse('beta')])
  })

  it('calls one tool at a time where the model is told so', async () => {
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [userTurn('alpha, then beta')],
        toolConfig: toolConfig(['alpha', 'beta']),
        additionalModelRequestFields: {
          tool_choice: { type: 'auto', disable_parallel_tool_use: true },
        },
      }),
    )
    expect(answer.output?.message?.content).toHaveLength(1)
  })

  it.each([
    ['a named tool', { tool: { name: 'beta' } }, 'beta'],
    ['any tool', { any: {} }, 'alpha'],
    ['auto', { auto: {} }, undefined],
  ])('follows a choice of %s', async (_, choice, expected) => {
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [userTurn('hello')],
        toolConfig: toolConfig(['alpha', 'beta'], choice),
      }),
    )
    expect(answer.output?.message?.content?.[0]?.toolUse?.name).toBe(expected)
  })

  it('answers from the results of tools', async () => {
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [
          userTurn('alpha'),
          {
            role: 'assistant',
            content: [
              { toolUse: { name: 'alpha', toolUseId: 't1', input: {} } },
              { toolUse: { name: 'alpha', toolUseId: 't2', input: {} } },
            ],
          },
          {
            role: 'user',
            content: [
              { toolResult: { toolUseId: 't2', content: [{ json: { degrees: 21 } }] } },
              { toolResult: { toolUseId: 't1', content: [{ text: 'sunny' }] } },
            ],
          },
        ],
        toolConfig: toolConfig(['alpha']),
      }),
    )
    expect(answer.output?.message?.content?.[0]?.text).toMatch(
      /^The tool answered "\{"degrees":21\}" and "sunny"\./,
    )
  })

  it('answers a JSON schema with an object that conforms to it', async () => {
    const schema = JSON.stringify({
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
    })
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [userTurn('ok?')],
        outputConfig: {
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema, name: 'ok' } } },
        },
      }),
    )
    expect(answer.output?.message?.content).toEqual([{ text: '{"ok":true}' }])
  })
})

describe('ConverseStream', () => {
  it('says the same as Converse, one token an event', async () => {
    const input = { modelId, messages: [userTurn('hello 😀 there')] }
    const whole = await client.send(new ConverseCommand(input))
    const events = await readStream(input)
    expect(events[0]).toMatchObject({ messageStart: { role: 'assistant' } })
    const deltas = events.flatMap((event) => event.contentBlockDelta?.delta?.text ?? [])
    expect(deltas.join('')).toBe(whole.output?.message?.content?.[0]?.text)
    expect(deltas).toHaveLength(whole.usage?.outputTokens ?? 0)
    expect(events.slice(-3)).toMatchObject([
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: whole.usage, metrics: { latencyMs: 0 } } },
    ])
  })

  it('streams each tool call as a block of its own', async () => {
    const events = await readStream({
      modelId,
      messages: [userTurn('alpha and beta')],
      toolConfig: toolConfig(['alpha', 'beta']),
    })
    const starts = events.flatMap((event) => event.contentBlockStart ?? [])
    expect(starts.map((start) => [start.contentBlockIndex, start.start?.toolUse?.name])).toEqual([
      [0, 'alpha'],
      [1, 'beta'],
    ])
    for (const index of [0, 1]) {
      const input = events
        .filter((event) => event.contentBlockDelta?.contentBlockIndex === index)
        .map((event) => event.contentBlockDelta?.delta?.toolUse?.input)
      expect(JSON.parse(input.join(''))).toEqual({ city: 'some city', days: 3 })
    }
    expect(events.filter((event) => event.contentBlockStop)).toHaveLength(2)
    expect(events.at(-2)).toMatchObject({ messageStop: { stopReason: 'tool_use' } })
  })

  it('opens no block where there is nothing to say', async () => {
    const events = await readStream({
      modelId,
      inferenceConfig: { stopSequences: ['You'] },
      messages: [userTurn('hi')],
    })
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      'messageStart',
      'messageStop',
      'metadata',
    ])
  })

  it('declares itself and pads its events', async () => {
    const answer = await send(instant, converseStreamUrl, { messages: [userTurn('hi')] })
    expect(answer.headers.get('content-type')).toBe('application/vnd.amazon.eventstream')
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await readText(answer)).toMatch(/"p":"abc/)
  })

  it('breaks the checksum of one frame when asked for', async () => {
    const broken = createClient({ 'x-simulate': 'malformed' })
    const { stream } = await broken.send(
      new ConverseStreamCommand({ modelId, messages: [userTurn('hi')] }),
    )
    const read = async () => {
      for await (const _ of stream ?? []);
    }
    await expect(read()).rejects.toThrow(/checksum/i)
  })
})

describe('what Bedrock refuses', () => {
  const tools = toolConfig(['alpha'])
  const hi = [userTurn('hi')]
  const toolUse = (toolUseId: string, name = 'alpha') => ({
    role: 'assistant',
    content: [{ toolUse: { name, toolUseId, input: {} } }],
  })
  const toolResult = (...ids: string[]) => ({
    role: 'user',
    content: ids.map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: 'x' }] } })),
  })
  const block = (content: unknown) => ({ messages: [{ role: 'user', content: [content] }] })
  const spec = (more: object) => ({
    messages: hi,
    toolConfig: {
      tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } }, ...more } }],
    },
  })

  it.each<[string, unknown, string]>([
    [
      'no role',
      { messages: [{ content: [{ text: 'hi' }] }] },
      "Value null at 'messages.1.member.role' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an unknown role',
      { messages: [...hi, { role: 'system', content: [{ text: 'x' }] }] },
      "Value 'system' at 'messages.2.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
    ],
    ['no messages', {}, 'A conversation must start with a user message.'],
    ['empty messages', { messages: [] }, 'A conversation must start with a user message.'],
    [
      'an assistant at the start',
      { messages: [{ role: 'assistant', content: [{ text: 'x' }] }, ...hi] },
      'A conversation must start with a user message.',
    ],
    [
      'two user turns in a row',
      { messages: [...hi, ...hi] },
      'A conversation must alternate between user and assistant roles.',
    ],
    [
      'no content',
      { messages: [{ role: 'user' }] },
      "Value null at 'messages.1.member.content' failed",
    ],
    [
      'empty content',
      { messages: [{ role: 'user', content: [] }] },
      'The content field in the Message object at messages.0 is empty.',
    ],
    [
      'empty text',
      block({ text: '' }),
      'The text field in the ContentBlock object at messages.0.content.0 is blank.',
    ],
    [
      'blank text',
      block({ text: ' \n' }),
      'The text field in the ContentBlock object at messages.0.content.0 is blank.',
    ],
    [
      'blank system text',
      { messages: hi, system: [{ text: '' }] },
      'The text field in the SystemContentBlock object at system.0 is blank.',
    ],
    [
      'a block of two kinds',
      block({ text: 'a', cachePoint: { type: 'default' } }),
      'The format of the value at messages.0.content.0 is invalid.',
    ],
    [
      'a block of no known kind',
      block({ type: 'text' }),
      'The format of the value at messages.0.content.0 is invalid.',
    ],
    [
      'a picture of an unknown format',
      block({ image: { format: 'bmp', source: { bytes: 'QUJD' } } }),
      "Value 'bmp' at 'messages.1.member.content.1.member.image.format'",
    ],
    [
      'a document without any text',
      block({ document: { format: 'pdf', name: 'a', source: { bytes: 'QUJD' } } }),
      'contains a document. Add a text block',
    ],
    [
      'a tool call without toolConfig',
      { messages: [...hi, toolUse('t1'), toolResult('t1')] },
      'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    ],
    [
      'a result without its call',
      {
        messages: [...hi, { role: 'assistant', content: [{ text: 'x' }] }, toolResult('t1')],
        toolConfig: tools,
      },
      'The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.',
    ],
    [
      'a result at the start',
      { messages: [toolResult('t1')], toolConfig: tools },
      'The number of toolResult blocks at messages.0.content exceeds',
    ],
    [
      'a result too many',
      { messages: [...hi, toolUse('t1'), toolResult('t1', 't2')], toolConfig: tools },
      'The number of toolResult blocks at messages.2.content exceeds',
    ],
    [
      'a result for another call',
      { messages: [...hi, toolUse('t1'), toolResult('t2')], toolConfig: tools },
      'Expected toolResult blocks at messages.2.content for the following Ids: t1',
    ],
    [
      'a call without its result',
      { messages: [...hi, toolUse('t1'), ...hi], toolConfig: tools },
      'Expected toolResult blocks at messages.2.content for the following Ids: t1',
    ],
    [
      'a call at the end',
      { messages: [...hi, toolUse('t1')], toolConfig: tools },
      'Expected toolResult blocks at messages.2.content for the following Ids: t1',
    ],
    [
      'a call by the user',
      { messages: [{ ...toolUse('t1'), role: 'user' }], toolConfig: tools },
      'The toolUse block at messages.0.content.0 is not allowed here.',
    ],
    [
      'a result by the assistant',
      { messages: [...hi, { ...toolResult('t1'), role: 'assistant' }], toolConfig: tools },
      'The toolResult block at messages.1.content.0 is not allowed here.',
    ],
    [
      'a call with a strange id',
      { messages: [...hi, toolUse('t 1'), toolResult('t 1')], toolConfig: tools },
      "Value 't 1' at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ],
    [
      'a call whose input is no object',
      {
        messages: [
          ...hi,
          { role: 'assistant', content: [{ toolUse: { name: 'a', toolUseId: 't', input: 'x' } }] },
        ],
        toolConfig: tools,
      },
      'The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object',
    ],
    [
      'a blank result',
      {
        messages: [
          ...hi,
          toolUse('t1'),
          { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: '' }] } }] },
        ],
        toolConfig: tools,
      },
      'at messages.2.content.0.toolResult.content.0 is blank.',
    ],
    [
      'a result of unknown status',
      {
        messages: [
          ...hi,
          toolUse('t1'),
          {
            role: 'user',
            content: [{ toolResult: { toolUseId: 't1', status: 'odd', content: [] } }],
          },
        ],
        toolConfig: tools,
      },
      'Member must satisfy enum value set: [success, error]',
    ],
    [
      'a tool list without tools',
      { messages: hi, toolConfig: { tools: [] } },
      "at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a tool with a strange name',
      spec({ name: 'a.b' }),
      "Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name'",
    ],
    [
      'a tool with an empty description',
      spec({ description: '' }),
      "at 'toolConfig.tools.1.member.toolSpec.description'",
    ],
    [
      'a tool without a schema',
      spec({ inputSchema: { json: null } }),
      'toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    ],
    [
      'two tools of one name',
      { messages: hi, toolConfig: toolConfig(['a', 'a']) },
      'is used more than once',
    ],
    [
      'a choice of an unknown tool',
      { messages: hi, toolConfig: { ...tools, toolChoice: { tool: { name: 'beta' } } } },
      'The tool beta at toolConfig.toolChoice.tool.name is not defined',
    ],
    [
      'a choice of an unknown kind',
      { messages: hi, toolConfig: { ...tools, toolChoice: { none: {} } } },
      'The format of the value at toolConfig.toolChoice is invalid.',
    ],
    [
      'a choice of two kinds',
      { messages: hi, toolConfig: { ...tools, toolChoice: { auto: {}, any: {} } } },
      'The format of the value at toolConfig.toolChoice is invalid.',
    ],
    [
      'too much heat',
      { messages: hi, inferenceConfig: { temperature: 1.5 } },
      "Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [
      'no tokens at all',
      { messages: hi, inferenceConfig: { maxTokens: 0 } },
      "Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'an empty stop sequence',
      { messages: hi, inferenceConfig: { stopSequences: [''] } },
      "at 'inferenceConfig.stopSequences.1.member'",
    ],
    [
      'an unknown service tier',
      { messages: hi, serviceTier: { type: 'auto' } },
      "Value 'auto' at 'serviceTier.type'",
    ],
    [
      'an output schema that is no JSON',
      {
        messages: hi,
        outputConfig: {
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } },
        },
      },
      'is not a valid JSON schema',
    ],
  ])('refuses %s', async (_, body, message) => {
    for (const url of [converseUrl, converseStreamUrl]) {
      const answer = await send(instant, url, body)
      expect(answer.status).toBe(400)
      expect(answer.headers.get('x-amzn-errortype')).toMatch(/^ValidationException:http:/)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(await readJson(answer)).toEqual({ message: expect.stringContaining(message) })
    }
  })

  it.each<[string, unknown]>([
    ['text that is not JSON', '{"messages":'],
    ['a body that is no object', '[]'],
    ['messages that are no list', { messages: 'hi' }],
    ['text that is no text', block({ text: 3 })],
    ['a number that is none', { messages: hi, inferenceConfig: { maxTokens: '5' } }],
  ])('cannot deserialize %s', async (_, body) => {
    const answer = await send(instant, converseUrl, body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^SerializationException/)
  })

  it('takes null for absent, as Bedrock does', async () => {
    const answer = await send(instant, converseUrl, {
      messages: [
        ...hi,
        toolUse('t1'),
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 't1', status: null, content: [{ text: 'x' }] } }],
        },
      ],
      toolConfig: { ...tools, toolChoice: null },
      inferenceConfig: null,
      system: null,
    })
    expect(answer.status).toBe(200)
  })

  it('raises the official client’s own errors', async () => {
    const refused = client.send(new ConverseCommand({ modelId, messages: [] }))
    await expect(refused).rejects.toBeInstanceOf(ValidationException)
    await expect(refused).rejects.toThrow(/must start with a user message/)
    const throttled = createClient({ 'x-simulate': 'status=429' })
    await expect(
      throttled.send(new ConverseStreamCommand({ modelId, messages: [userTurn('hi')] })),
    ).rejects.toBeInstanceOf(ThrottlingException)
  })
})

describe('errors on request', () => {
  it.each([
    [400, 'ValidationException'],
    [403, 'AccessDeniedException'],
    [404, 'ResourceNotFoundException'],
    [408, 'ModelTimeoutException'],
    [418, 'ValidationException'],
    [424, 'ModelErrorException'],
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
    [502, 'InternalServerException'],
    [503, 'ServiceUnavailableException'],
  ])('words status %i as %s', async (status, type) => {
    const answer = await send(
      instant,
      converseUrl,
      {},
      { headers: { 'x-simulate': `status=${status}` } },
    )
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-amzn-errortype')?.split(':')[0]).toBe(type)
    expect(await readJson(answer)).toEqual({ message: expect.stringMatching(/./) })
  })
})

describe('paths', () => {
  const body = { messages: [userTurn('hi')] }

  it.each([
    'http://localhost:8080/model/m/converse',
    'https://bedrock-runtime-fips.us-east-1.amazonaws.com/model/m/converse',
    'https://proxy.example.com/bedrock/model/m/converse',
  ])('takes Converse at %s', async (url) => {
    expect(await readJson(await send(instant, url, body))).toHaveProperty('stopReason', 'end_turn')
  })

  it.each([
    ['POST', 'https://bedrock-runtime.us-east-1.amazonaws.com/v1/chat/completions'],
    ['POST', 'http://localhost:8080/model/m/invoke'],
    ['GET', 'http://localhost:8080/model/m/converse'],
  ] as const)('knows no %s %s', async (method, url) => {
    const answer = await send(instant, url, body, { method })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnknownOperationException')
  })
})
