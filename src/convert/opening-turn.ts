// A conversation that begins with the assistant: OpenAI takes one, a greeting for example, and other
// providers insist that the user has begun.

const openingText = '(The conversation begins.)'

/** The turns, with one of the user's in front where somebody else begins. */
export function withOpeningTurn<Turn extends { readonly role: string }>(
  turns: readonly Turn[],
  userSays: (text: string) => Turn,
): readonly Turn[] {
  const [first] = turns
  return first === undefined || first.role === 'user' ? turns : [userSays(openingText), ...turns]
}
