// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#chat-completions
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { passThrough, renameJson } from '../pass-through.ts'
import { createChatReply } from './chat-reply.ts'

/** Chat completions at Azure OpenAI, which does not look at the model of a body sent to a deployment. */
export const chatToAzure = passThrough<ChatRequest>({
  path: (target) => azureDeploymentPath(target, 'chat/completions'),
  reply: (target) => createChatReply(target.model),
  rename: (call, target) => (isAzureV1(target) ? renameJson(call, target) : undefined),
})
