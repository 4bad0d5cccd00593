// The chunks of a chat completion, added up to an answer while they pass.
// https://platform.openai.com/docs/api-reference/chat-streaming
import { isRecord } from '../../json/is-record.ts'
import { parseChunk } from './parse-chunk.ts'
import { createTextBudget, firstTokenEvent } from './text-budget.ts'
import { learnPattern, type TextPattern } from './text-pattern.ts'

type Json = Readonly<Record<string, unknown>>

export interface AnswerFold {
  /** The name of the event that this chunk is, if it is one. */
  add(chunk: unknown): string | undefined
  /** The same of a chunk that nobody has parsed. Absent: it has to be. */
  addText?(data: string): string | undefined
  /** Adds a chunk that says no more than another text, if it is such a one, without parsing it. */
  repeats?(data: string): boolean
  /** The answer so far; undefined where nothing came. */
  answer(): Json | undefined
  truncated(): boolean
  /** What the stream has told of a failure. */
  failure?(): string | undefined
}

interface FoldedCall {
  readonly id: string | undefined
  readonly type: string | undefined
  readonly name: string
  readonly args: string
}

interface FoldedChoice {
  role: string | undefined
  content: string
  reasoning: string
  refusal: string
  finishReason: string | undefined
  readonly annotations: unknown[]
  readonly calls: Map<number, FoldedCall>
}

export function createChatFold(): AnswerFold {
  const budget = createTextBudget()
  const choices = new Map<number, FoldedChoice>()
  let head: Json | undefined
  let model: unknown
  let usage: unknown
  let obfuscation: unknown
  let usual: UsualChunk | undefined

  const add = (chunk: Json) => {
    model ??= filled(chunk['model'])
    usage = isRecord(chunk['usage']) ? chunk['usage'] : usage
    obfuscation = filled(chunk['obfuscation']) ?? obfuscation
    const list = chunk['choices']
    if (!Array.isArray(list)) return
    for (const choice of list) if (isRecord(choice)) addChoice(choice)
  }
  const addChoice = (choice: Json) => {
    const index = place(choice['index'])
    let folded = choices.get(index)
    if (folded === undefined) {
      folded = {
        role: undefined,
        content: '',
        reasoning: '',
        refusal: '',
        finishReason: undefined,
        annotations: [],
        calls: new Map(),
      }
      choices.set(index, folded)
    }
    folded.finishReason = filled(choice['finish_reason']) ?? folded.finishReason
    const delta = choice['delta']
    if (!isRecord(delta)) return
    folded.role = filled(delta['role']) ?? folded.role
    const { content, reasoning_content: reasoning, refusal, annotations, tool_calls: calls } = delta
    if (typeof content === 'string') folded.content += budget.take(content)
    if (typeof reasoning === 'string') folded.reasoning += budget.take(reasoning)
    if (typeof refusal === 'string') folded.refusal += budget.take(refusal)
    if (Array.isArray(annotations)) folded.annotations.push(...annotations)
    if (!Array.isArray(calls)) return
    for (const call of calls) if (isRecord(call)) addCall(folded.calls, call)
  }
  const addTexts = ({ index, member }: UsualChunk, texts: readonly (string | undefined)[]) => {
    const [said = '', padding] = texts
    obfuscation = filled(padding) ?? obfuscation
    // The chunk that it is like has been added, and so has its choice.
    const folded = choices.get(index)
    if (folded !== undefined) folded[member] += budget.take(said)
  }
  const addCall = (calls: FoldedChoice['calls'], call: Json) => {
    const index = place(call['index'])
    const known = calls.get(index)
    const own = isRecord(call['function']) ? call['function'] : {}
    calls.set(index, {
      id: known?.id ?? filled(call['id']),
      type: known?.type ?? filled(call['type']),
      name: known?.name || budget.take(text(own['name'])),
      args: (known?.args ?? '') + budget.take(text(own['arguments'])),
    })
  }
  const addChunk = (chunk: unknown): string | undefined => {
    if (!isRecord(chunk)) return undefined
    const isFirst = head === undefined
    head ??= chunk
    add(chunk)
    return isFirst ? firstTokenEvent : undefined
  }
  return {
    add: addChunk,
    repeats(data) {
      const texts = usual?.pattern.match(data)
      if (usual === undefined || texts === undefined) return false
      addTexts(usual, texts)
      return true
    },
    addText(data) {
      const chunk = parseChunk(data)
      const event = addChunk(chunk)
      usual = readUsual(chunk, data) ?? usual
      return event
    },
    answer() {
      if (head === undefined) return undefined
      const { id, created, service_tier, system_fingerprint } = head
      return compact({
        id,
        object: 'chat.completion.chunk',
        created,
        model,
        service_tier,
        system_fingerprint,
        choices: [...choices]
          .toSorted(([a], [b]) => a - b)
          .map(([index, folded]) => writeChoice(index, folded)),
        usage,
        obfuscation,
      })
    },
    truncated: () => budget.exceeded(),
  }
}

/** A chunk that has been added, and whose like adds one more text to one choice and changes nothing else. */
interface UsualChunk {
  readonly index: number
  readonly member: 'content' | 'reasoning'
  readonly pattern: TextPattern
}

function readUsual(chunk: unknown, data: string): UsualChunk | undefined {
  if (!isRecord(chunk) || !Array.isArray(chunk['choices']) || chunk['choices'].length !== 1) {
    return undefined
  }
  const choice: unknown = chunk['choices'][0]
  if (!isRecord(choice) || !isRecord(choice['delta'])) return undefined
  const { content, reasoning_content: reasoning, refusal, annotations, ...more } = choice['delta']
  const others = [refusal, annotations, more['tool_calls']]
  if (others.some((other) => other !== undefined && other !== null)) return undefined
  const says = typeof content === 'string'
  if (says === (typeof reasoning === 'string')) return undefined
  const name = says ? 'content' : 'reasoning_content'
  const pattern = learnPattern(data, [name, 'obfuscation'])
  if (pattern === undefined) return undefined
  return { index: place(choice['index']), member: says ? 'content' : 'reasoning', pattern }
}

function writeChoice(index: number, folded: FoldedChoice): Json {
  const { role, content, reasoning, refusal, annotations, calls, finishReason } = folded
  const message = compact({
    role,
    content: content === '' ? undefined : content,
    reasoning_content: reasoning === '' ? undefined : reasoning,
    refusal: refusal === '' ? undefined : refusal,
    annotations: annotations.length === 0 ? undefined : annotations,
    tool_calls:
      calls.size === 0
        ? undefined
        : [...calls]
            .toSorted(([a], [b]) => a - b)
            .map(([, { id, type = 'function', name, args }]) =>
              compact({ id, type, function: { name, arguments: args } }),
            ),
  })
  return { index, message, finish_reason: finishReason ?? 'stop' }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const filled = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const place = (value: unknown) => (typeof value === 'number' ? value : 0)

const compact = (members: Json): Json =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  )
