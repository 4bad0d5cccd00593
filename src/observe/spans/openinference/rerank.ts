// POST /cohere/v2/rerank. https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
import {
  readFilled,
  readList,
  readNumber,
  readRecord,
  readRecords,
  readReply,
  readText,
} from '../read.ts'
import type { AttributeValue, SpanSet } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { hideText, inputValue, replyValue } from './values.ts'

type Out = Record<string, AttributeValue | undefined>

export function createRerankSpans(hiding: Hiding): SpanSet {
  const hidesInputs = hiding.inputs || hiding.inputMessages
  return {
    name: 'Rerank',
    request(call, received) {
      const { query, top_n, documents } = readRecord(call.request)
      const out: Out = {
        'openinference.span.kind': 'RERANKER',
        'llm.system': 'cohere',
        'reranker.model_name': call.model,
        'reranker.top_k': readNumber(top_n),
        ...inputValue(call, received, hiding, ['query', 'documents']),
      }
      if (hidesInputs) return out
      const asked = readText(query)
      if (asked !== undefined) out['reranker.query'] = hideText(asked, hiding.inputText)
      readList(documents).forEach((document, index) => {
        const text = readFilled(document) ?? readFilled(readRecord(document)['text'])
        if (text === undefined) return
        const key = `reranker.input_documents.${index}.document.content`
        out[key] = hideText(text, hiding.inputText)
      })
      return out
    },
    reply(reply) {
      const { results, meta } = readReply(reply)
      const { input_tokens, output_tokens } = readRecord(readRecord(meta)['tokens'])
      const prompt = readNumber(input_tokens)
      const total = (prompt ?? 0) + (readNumber(output_tokens) ?? 0)
      const out: Out = {
        'llm.token_count.prompt': prompt,
        'llm.token_count.total': total > 0 ? total : undefined,
        ...replyValue(reply, hiding, ['results']),
      }
      if (hiding.outputs) return out
      readRecords(results).forEach(({ relevance_score, index: place, document }, index) => {
        const at = `reranker.output_documents.${index}.document`
        out[`${at}.score`] = readNumber(relevance_score)
        const id = readNumber(place)
        out[`${at}.id`] = id === undefined ? undefined : String(id)
        const text = readFilled(readRecord(document)['text'])
        if (text !== undefined && !hidesInputs) {
          out[`${at}.content`] = hideText(text, hiding.inputText || hiding.outputText)
        }
      })
      return out
    },
  }
}
