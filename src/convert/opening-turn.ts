/**
 * What the user says where a conversation begins with the assistant: OpenAI takes one that does, a greeting
 * for example, and other providers insist that the user has begun.
 */
export const openingText = '(The conversation begins.)'
