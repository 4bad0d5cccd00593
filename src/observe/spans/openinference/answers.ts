// How an answer is described, whether it came whole or as a stream.
import type { AnswerFold } from '../../fold/chat.ts'
import type { SeenReply } from '../../observer.ts'
import { readReply, writeJson } from '../read.ts'
import type { Attributes, StreamFold } from '../span-set.ts'

/** `text`: of the whole answer; of a streamed one, what it would have been. */
type DescribeAnswer = (answer: Readonly<Record<string, unknown>>, text: string) => Attributes

/** Two members of a span set. */
export function describeAnswers(create: () => AnswerFold, describe: DescribeAnswer) {
  return {
    reply: (reply: SeenReply) => describe(readReply(reply), reply.text()),
    fold(): StreamFold {
      const fold = create()
      return {
        ...fold,
        attributes() {
          const answer = fold.answer()
          return answer === undefined ? {} : describe(answer, writeJson(answer))
        },
      }
    },
  }
}
