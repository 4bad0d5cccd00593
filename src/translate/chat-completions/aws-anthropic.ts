// Chat completions by Claude on Bedrock, asked in Anthropic's own dialect with InvokeModel.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
import { bedrockBetas } from '../../convert/bedrock-betas.ts'
import { bedrockInvoke } from '../../convert/chat-to-anthropic/platform.ts'
import { convertRequest } from '../../convert/chat-to-anthropic/request.ts'
import { bedrockErrorType, readBedrockError } from '../../convert/errors/bedrock-error.ts'
import { writeJson } from '../../json/outline.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { encodePathSegment } from '../path-segment.ts'
import type { Translator } from '../translator.ts'
import { createAnthropicReply } from './anthropic-reply.ts'

export const chatToAwsAnthropic: Translator<ChatRequest> = (call, target) => {
  const { model, schema } = target
  const betas = bedrockBetas(call.headers.get('anthropic-beta'))
  const { body, names } = convertRequest(call.request, {
    model,
    platform: bedrockInvoke,
    text: () => call.body.outline().text,
    frame: {
      anthropic_version: schema.version || 'bedrock-2023-05-31',
      anthropic_beta: betas.length > 0 ? betas : undefined,
    },
  })
  const operation = call.stream ? 'invoke-with-response-stream' : 'invoke'
  return {
    path: `/model/${encodePathSegment(model)}/${operation}`,
    headers: {
      'content-type': 'application/json',
      accept: call.stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: writeJson(body, call.body.outline()),
    reply: createAnthropicReply({
      framing: 'aws-chunks',
      errorType: bedrockErrorType,
      model,
      names,
      readError: (answer, { status, headers }) =>
        readBedrockError(answer, {
          status,
          contentType: headers.get('content-type'),
          errorType: headers.get('x-amzn-errortype'),
        }),
    }),
  }
}
