// Which maker's rules hold for a Bedrock model id, inference profile or ARN. What an id does not tell,
// such as an application inference profile, counts as another family.
// https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html

export type ModelFamily = 'claude' | 'nova-2' | 'gpt-oss' | 'other'

export function modelFamily(model: string): ModelFamily {
  if (model.includes('anthropic') && model.includes('claude')) return 'claude'
  if (model.includes('amazon.nova-2')) return 'nova-2'
  if (model.includes('openai.gpt-oss')) return 'gpt-oss'
  return 'other'
}
