// What a simulated model says: the same for every dialect, and the same every time.
import { isRecord } from '../json/is-record.ts'
import { makeValue } from './schema-value.ts'
import { countTokens, fitTokens, takeTokens } from './tokens.ts'

export interface OfferedTool {
  readonly name: string
  /** The JSON schema of its arguments. */
  readonly schema: unknown
}

/** A conversation as far as the model looks at it. */
export interface Prompt {
  readonly model: string
  readonly backend: string
  /** The text of the last user message. */
  readonly question: string
  /** The results of tools that the conversation ends with. */
  readonly toolResults: readonly string[]
  readonly tools: readonly OfferedTool[]
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string }
  /** How many tools may be called at once. */
  readonly maxCalls: number
  /** `object`: any JSON object; a schema: a value that conforms to it. */
  readonly format: 'text' | 'object' | { readonly schema: unknown }
  readonly maxTokens: number | undefined
  readonly stopSequences: readonly string[]
  /** How many tokens the text shall have. Holds for plain text alone: JSON would not survive it. */
  readonly length: number | undefined
  /** Every text that the model was given: what the input tokens are counted from. */
  readonly texts: readonly string[]
}

export interface ToolCall {
  readonly name: string
  /** The arguments, which conform to the tool's schema, as JSON. */
  readonly input: string
}

export interface Composition {
  /** `''` where tools are called. */
  readonly text: string
  readonly calls: readonly ToolCall[]
  readonly end: 'turn' | 'stop-sequence' | 'length' | 'tools'
  readonly inputTokens: number
  readonly outputTokens: number
}

const maxQuote = 200

export function compose(prompt: Prompt): Composition {
  const inputTokens = prompt.texts.reduce((sum, text) => sum + countTokens(text), 0)
  const calls = chooseTools(prompt).map(
    (tool): ToolCall => ({ name: tool.name, input: JSON.stringify(makeArguments(tool)) }),
  )
  if (calls.length > 0) {
    const outputTokens = calls.reduce(
      (sum, call) => sum + countTokens(call.name) + countTokens(call.input),
      0,
    )
    return { text: '', calls, end: 'tools', inputTokens, outputTokens }
  }
  const { text, end } = limit(write(prompt), prompt)
  return { text, calls, end, inputTokens, outputTokens: countTokens(text) }
}

function chooseTools({ tools, choice, question, toolResults, maxCalls }: Prompt): OfferedTool[] {
  // Results are answered in words even where a call is forced: else a loop of calls never ends.
  if (choice === 'none' || toolResults.length > 0) return []
  if (typeof choice === 'object') return tools.filter((tool) => tool.name === choice.name)
  const said = toWords(question)
  const named = tools.filter((tool) => said.includes(toWords(tool.name))).slice(0, maxCalls)
  return named.length === 0 && choice === 'required' ? tools.slice(0, 1) : named
}

/** The words with a space around each, so that `get_weather` is found in "Get weather, please". */
function toWords(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `
}

function makeArguments(tool: OfferedTool): Record<string, unknown> {
  const value = makeValue(tool.schema)
  return isRecord(value) ? value : {}
}

/** What a model without a mode for it is told in words. */
const wantsObject = /\ba single JSON object\b/i

function write(prompt: Prompt): string {
  const { format, length, texts } = prompt
  if (typeof format === 'object') return JSON.stringify(makeValue(format.schema))
  const text = speak(prompt)
  const isObject = format === 'object' || texts.some((each) => wantsObject.test(each))
  if (isObject) return JSON.stringify({ answer: text })
  return length === undefined ? text : fitTokens(text, length)
}

function speak({ model, backend, question, toolResults }: Prompt): string {
  const who = `This is ${model}, simulated at ${backend}.`
  if (toolResults.length === 0) return `You said "${quote(question)}". ${who}`
  return `The tool answered ${toolResults.map((result) => `"${quote(result)}"`).join(' and ')}. ${who}`
}

function quote(text: string): string {
  const characters = Array.from(text.slice(0, 2 * maxQuote + 2))
  if (characters.length <= maxQuote) return text
  return `${characters.slice(0, maxQuote).join('')}…`
}

function limit(text: string, prompt: Prompt): Pick<Composition, 'text' | 'end'> {
  const stops = prompt.stopSequences.filter((stop) => stop !== '').map((stop) => text.indexOf(stop))
  const stop = Math.min(...stops.filter((at) => at >= 0), text.length)
  const stopped = text.slice(0, stop)
  const { maxTokens } = prompt
  if (maxTokens !== undefined && countTokens(stopped) > maxTokens) {
    return { text: takeTokens(stopped, maxTokens), end: 'length' }
  }
  return { text: stopped, end: stop < text.length ? 'stop-sequence' : 'turn' }
}
