// What every provider of the bench says, whatever its dialect.

const lexicon = 'the harbour light turns slowly over grey water while small boats wait for the tide'
const word = (i) => ` ${lexicon.split(' ')[(i * 7) % 15]}`

export const words = (count) => Array.from({ length: count }, (_, i) => word(i))
export const ANSWER = words(40).join('').trim()
export const USAGE = { input: 231, output: 197 }
