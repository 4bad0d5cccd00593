// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
import { convertRequest } from '../../convert/chat-to-converse/request.ts'
import { convertTokenizeRequest } from '../../convert/tokenize-to-chat.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import type { Translator } from '../translator.ts'
import { bedrockCountPath, createBedrockCountReply } from './bedrock-count.ts'

/** Inference profiles begin with where they run; only models can count. */
const profile = /^(?:us-gov|us|eu|apac|uk|au|jp|global)\./

export const tokenizeByBedrock: Translator<RequestOf<'tokenize'>> = (call, target) => {
  const { model } = target
  const { chat, text } = convertTokenizeRequest(call.request, () => call.body.text())
  const { tool_choice: _, ...offered } = chat
  const { body } = convertRequest(offered, { model, text })
  const { messages, system, toolConfig } = body
  const converse = { messages, system, toolConfig }
  return {
    path: bedrockCountPath(model.replace(profile, '')),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: stringifyJson({ input: { converse } }),
    reply: createBedrockCountReply(model),
  }
}
