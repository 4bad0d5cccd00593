// What a well-formed stream of OpenAI chat completion chunks is. Says what is wrong with one.
// https://platform.openai.com/docs/api-reference/chat-streaming
import { isRecord } from '../../src/json/is-record.ts'

export interface ChatStreamRules {
  /** The usage chunk: must be there, must not, or may. Default `optional`. */
  readonly usage?: 'required' | 'forbidden' | 'optional'
  /**
   * How it must end. `proper`, the default: with finish reasons and `[DONE]`; `error`: with an error event, after
   * which only `[DONE]` may come; `open`: anywhere, because somebody has left.
   */
  readonly ending?: 'proper' | 'error' | 'open'
}

interface Choice {
  started: boolean
  finishReason: string | undefined
  readonly calls: { arguments: string }[]
}

interface Violations {
  readonly found: string[]
  add(place: number, what: string): void
}

/** The violations of a complete stream, as sentences; `[]` for a good one. */
export function checkChatStream(text: string, rules: ChatStreamRules = {}): string[] {
  const found: string[] = []
  const violations: Violations = {
    found,
    add: (place, what) => found.push(`event ${place}: ${what}`),
  }
  const ending = rules.ending ?? 'proper'
  const events = text.split('\n\n')
  if (events.pop() !== '' && ending !== 'open') {
    found.push('the last event is not ended by a blank line')
  }
  const choices = new Map<number, Choice>()
  const constants = new Map<string, unknown>()
  let usageChunks = 0
  let done = 0
  let errors = 0

  events.forEach((event, place) => {
    if (done > 0) violations.add(place, 'something follows [DONE]')
    if (!event.startsWith('data: ') || event.includes('\n')) {
      violations.add(place, 'not one line of data')
      return
    }
    const data = event.slice('data: '.length)
    if (data === '[DONE]') {
      done++
      return
    }
    const chunk = parse(data)
    if (chunk === undefined) {
      violations.add(place, 'not a JSON object')
      return
    }
    if (errors > 0) violations.add(place, 'something follows the error')
    if ('error' in chunk) {
      errors++
      if (ending === 'proper') violations.add(place, 'an error')
      checkError(chunk['error'], place, violations)
      return
    }
    if (place === 0 && isPromptFilter(chunk)) return
    if (usageChunks > 0) violations.add(place, 'a chunk follows the usage chunk')
    checkEnvelope(chunk, constants, place, violations)
    const list = chunk['choices']
    if (!Array.isArray(list)) {
      violations.add(place, 'choices is not an array')
      return
    }
    if (isRecord(chunk['usage'])) {
      usageChunks++
      if (list.length > 0) violations.add(place, 'the usage chunk has choices')
      checkUsage(chunk['usage'], place, violations)
    } else if (list.length === 0) {
      violations.add(place, 'a chunk without choices and without usage')
    }
    for (const choice of list) checkChoice(choice, choices, place, violations)
  })

  if (rules.usage === 'forbidden' && usageChunks > 0) found.push('nobody asked for usage')
  if (ending === 'open') return found
  if (ending === 'error') {
    if (errors === 0) found.push('the error is missing')
    if (done > 1) found.push(`[DONE] comes ${done} times`)
    return found
  }
  if (done !== 1) found.push(`[DONE] comes ${done} times`)
  if (choices.size === 0) found.push('there is no choice')
  if (rules.usage === 'required' && usageChunks === 0) found.push('the usage chunk is missing')
  for (const [index, choice] of choices) checkEnd(index, choice, found)
  return found
}

/** What Azure's streams begin with, without id and model, and every client knows: passed on as it is. */
function isPromptFilter({ choices, ...chunk }: Readonly<Record<string, unknown>>): boolean {
  const isEmpty = Array.isArray(choices) && choices.length === 0
  return isEmpty && Array.isArray(chunk['prompt_filter_results'])
}

function checkEnvelope(
  chunk: Readonly<Record<string, unknown>>,
  constants: Map<string, unknown>,
  place: number,
  violations: Violations,
): void {
  if (chunk['object'] !== 'chat.completion.chunk') violations.add(place, 'object is wrong')
  for (const [key, type] of [
    ['id', 'string'],
    ['created', 'number'],
    ['model', 'string'],
  ] as const) {
    const value = chunk[key]
    if (typeof value !== type) violations.add(place, `${key} is not a ${type}`)
    if (!constants.has(key)) constants.set(key, value)
    else if (constants.get(key) !== value) violations.add(place, `${key} has changed`)
  }
}

/** What a client raises: an object with a sentence in it. */
function checkError(error: unknown, place: number, violations: Violations): void {
  const message = isRecord(error) ? error['message'] : undefined
  if (typeof message !== 'string' || message === '') violations.add(place, 'the error says nothing')
}

function checkUsage(
  usage: Readonly<Record<string, unknown>>,
  place: number,
  violations: Violations,
): void {
  const { prompt_tokens: prompt, completion_tokens: output, total_tokens: total } = usage
  if (typeof prompt !== 'number' || typeof output !== 'number' || total !== prompt + output) {
    violations.add(place, 'the usage does not add up')
  }
}

function checkChoice(
  value: unknown,
  choices: Map<number, Choice>,
  place: number,
  violations: Violations,
): void {
  if (!isRecord(value) || typeof value['index'] !== 'number' || !isRecord(value['delta'])) {
    violations.add(place, 'a choice without index and delta')
    return
  }
  const { index, delta, finish_reason: finishReason } = value
  let choice = choices.get(index)
  if (choice === undefined) {
    if (index !== choices.size) violations.add(place, `choice ${index} starts out of order`)
    choice = { started: false, finishReason: undefined, calls: [] }
    choices.set(index, choice)
  }
  if (choice.finishReason !== undefined) {
    violations.add(place, `choice ${index} goes on after its finish reason`)
  }
  if (!choice.started && delta['role'] !== 'assistant') {
    violations.add(place, `choice ${index} does not start with its role`)
  }
  if (choice.started && delta['role'] !== undefined) {
    violations.add(place, `choice ${index} repeats its role`)
  }
  choice.started = true
  const { content, tool_calls: calls } = delta
  if (content !== undefined && content !== null && typeof content !== 'string') {
    violations.add(place, 'content is not a string')
  }
  if (calls !== undefined) {
    if (Array.isArray(calls)) for (const call of calls) checkCall(call, choice, place, violations)
    else violations.add(place, 'tool_calls is not an array')
  }
  if (finishReason === null || finishReason === undefined) return
  if (typeof finishReason === 'string') choice.finishReason = finishReason
  else violations.add(place, 'the finish reason is not a string')
}

function checkCall(value: unknown, choice: Choice, place: number, violations: Violations): void {
  if (!isRecord(value) || typeof value['index'] !== 'number') {
    violations.add(place, 'a tool call without index')
    return
  }
  const { index, id, type } = value
  const called = isRecord(value['function']) ? value['function'] : {}
  const known = choice.calls[index]
  if (known === undefined) {
    if (index !== choice.calls.length) violations.add(place, `tool call ${index} is out of order`)
    if (typeof id !== 'string' || id === '') violations.add(place, `tool call ${index} has no id`)
    if (type !== 'function') violations.add(place, `tool call ${index} has no type`)
    if (typeof called['name'] !== 'string' || called['name'] === '') {
      violations.add(place, `tool call ${index} has no name`)
    }
  } else if (id !== undefined || called['name'] !== undefined) {
    violations.add(place, `tool call ${index} repeats its id or name`)
  }
  const piece = called['arguments']
  if (typeof piece !== 'string') violations.add(place, `tool call ${index} has no arguments`)
  const text = (known?.arguments ?? '') + (typeof piece === 'string' ? piece : '')
  if (known === undefined) choice.calls[index] = { arguments: text }
  else known.arguments = text
}

function checkEnd(index: number, choice: Choice, found: string[]): void {
  if (choice.finishReason === undefined) found.push(`choice ${index} has no finish reason`)
  const calls = choice.calls.filter((call) => call !== undefined)
  if ((choice.finishReason === 'tool_calls') !== calls.length > 0) {
    found.push(`choice ${index}: the finish reason does not fit the tool calls`)
  }
  calls.forEach((call, at) => {
    if (parse(call.arguments) === undefined) {
      found.push(`choice ${index}: the arguments of tool call ${at} are not a JSON object`)
    }
  })
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
