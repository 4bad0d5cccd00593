// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelTokensRequest.html
import { encodeBase64 } from '../../base64-bytes.ts'
import { bedrockInvoke } from '../../convert/chat-to-anthropic/platform.ts'
import { convertCount } from '../../convert/count-claude-tokens.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import type { Translator } from '../translator.ts'
import { bedrockCountPath, createBedrockCountReply } from './bedrock-count.ts'

export const tokenizeByAwsAnthropic: Translator<RequestOf<'tokenize'>> = (call, target) => {
  const { model, schema } = target
  const { body } = convertCount(call.request, {
    model,
    platform: bedrockInvoke,
    text: () => call.body.text(),
  })
  // A budget for thinking would have to be below `max_tokens`, which must be there.
  const { thinking: _, ...counted } = body
  const invoked = stringifyJson({
    ...counted,
    anthropic_version: schema.version || 'bedrock-2023-05-31',
    max_tokens: 1,
  })
  // Only models can count: neither inference profiles nor whole ARNs.
  const start = Math.max(0, model.indexOf('anthropic.'))
  return {
    path: bedrockCountPath(model.slice(start)),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      input: { invokeModel: { body: encodeBase64(new TextEncoder().encode(invoked)) } },
    }),
    reply: createBedrockCountReply(model),
  }
}
