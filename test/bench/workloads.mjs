// The traffic: for each scenario one request, the provider's answer to it, and the check of what a client receives.
import { encodeFrame } from './event-frames.mjs'

/**
 * The client always sends OpenAI chat completions; `provider` is what stands behind the gateway. `events` counts those of
 * the provider, `gap` the milliseconds between them (all at once without it), `goal` the CPU over the floor's not to be
 * exceeded, `warm` the scenario whose load warms up the same code.
 */
export const scenarios = {
  unary: { title: 'Unary, OpenAI', provider: 'openai', connections: 32, goal: 1 },
  stream: {
    title: 'Stream of 200 events, OpenAI',
    provider: 'openai',
    connections: 8,
    events: 200,
    goal: 0.45,
  },
  paced: {
    title: 'Stream with an event each 20 ms, OpenAI',
    provider: 'openai',
    connections: 8,
    events: 75,
    gap: 20,
    goal: 1.3,
    warm: 'stream',
  },
  bedrock: { title: 'Unary, Bedrock', provider: 'bedrock', connections: 32 },
  'bedrock-stream': {
    title: 'Stream of 200 events, Bedrock',
    provider: 'bedrock',
    connections: 8,
    events: 200,
    goal: 1.3,
  },
  'bedrock-paced': {
    title: 'Stream with an event each 20 ms, Bedrock',
    provider: 'bedrock',
    connections: 8,
    events: 75,
    gap: 20,
    goal: 1.3,
    warm: 'bedrock-stream',
  },
}
/** Streams that only stay open: an event each 2 s, for longer than they are looked at. */
export const held = { title: 'Open streams', provider: 'openai', events: 1000, gap: 2000 }
export const traffic = { ...scenarios, held }

const lexicon = 'the harbour light turns slowly over grey water while small boats wait for the tide'
const word = (i) => ` ${lexicon.split(' ')[(i * 7) % 15]}`
const words = (count) => Array.from({ length: count }, (_, i) => word(i))
const ANSWER = words(40).join('').trim()
const USAGE = { input: 231, output: 197 }

/** About 1 KB. The model names the scenario. */
export function requestBody(name) {
  return JSON.stringify({
    model: name,
    temperature: 0.2,
    max_tokens: 256,
    ...(traffic[name].events && { stream: true, stream_options: { include_usage: true } }),
    messages: [
      { role: 'system', content: words(110).join('') },
      { role: 'user', content: words(50).join('') },
    ],
  })
}

const openaiUsage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
  prompt_tokens_details: { cached_tokens: 0 },
}
const sse = (data) => Buffer.from(`data: ${JSON.stringify(data)}\n\n`)
const openaiChunk = (choices, usage = null) =>
  sse({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1760000000,
    model: 'gpt-4o-mini',
    system_fingerprint: 'fp_bench',
    choices,
    usage,
  })
const openaiDelta = (delta, finish_reason = null) =>
  openaiChunk([{ index: 0, delta, logprobs: null, finish_reason }])

const bedrockUsage = {
  inputTokens: USAGE.input,
  outputTokens: USAGE.output,
  totalTokens: USAGE.input + USAGE.output,
}
// Bedrock pads its events to hide their lengths.
const padding = (i) =>
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(0, (i * 11) % 52)

/** How each provider answers: `whole` text, or the bytes of `open`, one `piece` for each text, then `close`. */
export const providers = {
  openai: {
    unaryType: 'application/json',
    streamType: 'text/event-stream',
    whole: JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1760000000,
      model: 'gpt-4o-mini',
      system_fingerprint: 'fp_bench',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: ANSWER, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: openaiUsage,
    }),
    open: [openaiDelta({ role: 'assistant', content: '', refusal: null })],
    piece: (text) => openaiDelta({ content: text }),
    close: [openaiDelta({}, 'stop'), openaiChunk([], openaiUsage), Buffer.from('data: [DONE]\n\n')],
    overhead: 3, // [DONE] is not counted
  },
  bedrock: {
    unaryType: 'application/json',
    streamType: 'application/vnd.amazon.eventstream',
    whole: JSON.stringify({
      metrics: { latencyMs: 812 },
      output: { message: { content: [{ text: ANSWER }], role: 'assistant' } },
      stopReason: 'end_turn',
      usage: bedrockUsage,
    }),
    open: [encodeFrame('messageStart', { p: padding(3), role: 'assistant' })],
    piece: (text, i) =>
      encodeFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: padding(i) }),
    close: [
      encodeFrame('contentBlockStop', { contentBlockIndex: 0, p: padding(1) }),
      encodeFrame('messageStop', { p: padding(2), stopReason: 'end_turn' }),
      encodeFrame('metadata', { metrics: { latencyMs: 812 }, p: padding(4), usage: bedrockUsage }),
    ],
    overhead: 4,
  },
}

/** The words of a scenario's stream, one for each event that carries text. */
export const streamWords = ({ provider, events }) => words(events - providers[provider].overhead)

/** Text that a paced event carries: its word, and when it was sent on the clock that all processes share. */
export const stamp = (text, now = process.hrtime.bigint()) => `${text} t=${now};`
export const STAMP = / t=(\d+);/g

function readStream(body) {
  const answer = { text: '', finish: undefined, usage: undefined }
  const lines = body.split('\n').filter((line) => line.startsWith('data:'))
  if (lines.pop()?.slice(5).trim() !== '[DONE]') throw new Error('no [DONE] at the end')
  for (const line of lines) {
    const { choices, usage } = JSON.parse(line.slice(5))
    answer.text += choices?.[0]?.delta?.content ?? ''
    answer.finish = choices?.[0]?.finish_reason ?? answer.finish
    answer.usage = usage ?? answer.usage
  }
  return answer
}

function readWhole(body) {
  const { choices, usage } = JSON.parse(body)
  return { text: choices[0].message.content, finish: choices[0].finish_reason, usage }
}

/** Nothing when a client's answer carries what the provider said, else a sentence that says what differs. */
export function findFault(name, status, body) {
  const scenario = traffic[name]
  if (status !== 200) return `status ${status}: ${body.slice(0, 300)}`
  try {
    const { text, finish, usage } = scenario.events ? readStream(body) : readWhole(body)
    const wanted = scenario.events ? streamWords(scenario).join('') : ANSWER
    if (text.replace(STAMP, '') !== wanted) return `another text: ${text.slice(0, 200)}`
    if (finish !== 'stop') return `finish reason ${finish}`
    if (usage?.prompt_tokens !== USAGE.input) return `prompt tokens ${usage?.prompt_tokens}`
    if (usage.completion_tokens !== USAGE.output)
      return `completion tokens ${usage.completion_tokens}`
  } catch (error) {
    return `${error}: ${body.slice(0, 300)}`
  }
  return undefined
}

/** What every right answer contains near its end; looked for in each one under load. */
export const marker = (name) => (traffic[name].events ? 'data: [DONE]' : '"finish_reason":"stop"')
