// How the simulator counts: each text has one token for every four characters (code points) that it begins.

const charactersPerToken = 4

export function countTokens(text: string): number {
  let characters = 0
  for (const _ of text) characters++
  return Math.ceil(characters / charactersPerToken)
}

/** The tokens of a text, one string each; joined they are the text. */
export function* splitTokens(text: string): Generator<string, undefined> {
  let token = ''
  let characters = 0
  for (const character of text) {
    token += character
    characters++
    if (characters === charactersPerToken) {
      yield token
      token = ''
      characters = 0
    }
  }
  if (token !== '') yield token
}

/** The first `count` tokens of a text. */
export function takeTokens(text: string, count: number): string {
  let end = 0
  let left = count
  for (const token of splitTokens(text)) {
    if (left-- <= 0) break
    end += token.length
  }
  return text.slice(0, end)
}

/** The text, cut or repeated so that it has exactly `count` tokens. */
export function fitTokens(text: string, count: number): string {
  const unit = `${text} `
  const repeats = Math.ceil((count * charactersPerToken) / Math.max(1, [...unit].length))
  return takeTokens(unit.repeat(Math.max(1, repeats)), count)
}
