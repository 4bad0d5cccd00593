import type { AnswerFold } from '../../fold/chat.ts'
import type { Attributes, StreamFold } from '../span-set.ts'

/** A fold whose answer is described like a whole one; this vocabulary has no events. */
export function foldWith(
  create: () => AnswerFold,
  describe: (answer: Readonly<Record<string, unknown>>) => Attributes,
): () => StreamFold {
  return () => {
    const fold = create()
    const { addText, repeats } = fold
    return {
      add(chunk) {
        fold.add(chunk)
        return undefined
      },
      ...(addText && {
        addText(data: string) {
          addText(data)
          return undefined
        },
      }),
      ...(repeats && { repeats }),
      attributes() {
        const answer = fold.answer()
        return answer === undefined ? {} : describe(answer)
      },
      truncated: fold.truncated,
      failure: () => fold.failure?.(),
    }
  }
}
