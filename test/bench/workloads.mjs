// The traffic: for each scenario one request, the provider's answer to it, and the check of what a client receives.
import { randomBytes } from 'node:crypto'
import { ANSWER, USAGE, words } from './answer-text.mjs'
import { anthropic, claudeOnBedrock } from './provider-anthropic.mjs'
import { bedrock } from './provider-bedrock.mjs'
import { gemini } from './provider-gemini.mjs'
import { openai } from './provider-openai.mjs'

/**
 * How each provider answers: the API `schema` it speaks, `whole` text, or the bytes of `open`, one `piece` for each text,
 * then `close`; `overhead` counts the events of these two.
 */
export const providers = { openai, bedrock, anthropic, claudeOnBedrock, gemini }

const unary = (title, provider, goal) => ({
  title: `Unary, ${title}`,
  provider,
  connections: 32,
  goal,
})
const stream = (title, provider, goal) => ({
  title: `Stream of 200 events, ${title}`,
  provider,
  connections: 8,
  events: 200,
  goal,
})
const paced = (title, provider, goal) => ({
  title: `Stream with an event each 20 ms, ${title}`,
  provider,
  connections: 8,
  events: 75,
  gap: 20,
  goal,
})

/**
 * The client always sends OpenAI chat completions; `provider` is what stands behind the gateway. `events` counts those of
 * the provider, `gap` the milliseconds between them (all at once without it), `goal` the CPU over the floor's not to be
 * exceeded.
 */
export const scenarios = {
  unary: unary('OpenAI', 'openai', 1),
  stream: stream('OpenAI', 'openai', 0.45),
  paced: paced('OpenAI', 'openai', 1.3),
  bedrock: unary('Bedrock', 'bedrock', 1.1),
  'bedrock-stream': stream('Bedrock', 'bedrock', 1.2),
  'bedrock-paced': paced('Bedrock', 'bedrock', 1.35),
  anthropic: unary('Anthropic', 'anthropic', 1.1),
  'anthropic-stream': stream('Anthropic', 'anthropic', 1.2),
  'anthropic-paced': paced('Anthropic', 'anthropic', 1.35),
  'claude-bedrock-stream': stream('Claude on Bedrock', 'claudeOnBedrock', 1.2),
  'claude-bedrock-paced': paced('Claude on Bedrock', 'claudeOnBedrock', 1.35),
  gemini: unary('Gemini', 'gemini', 1.1),
  'gemini-stream': stream('Gemini', 'gemini', 1.2),
  'gemini-paced': paced('Gemini', 'gemini', 1.35),
}
/** Streams that only stay open: an event each 2 s, for longer than they are looked at. */
export const held = { title: 'Open streams', provider: 'openai', events: 1000, gap: 2000 }
/** One request at a time: nothing waits for anything. */
const alone = { title: 'Unary, one at a time', provider: 'openai', connections: 1 }
export const traffic = { ...scenarios, held, alone }

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

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const IMAGES = 4

/** About `bytes` long, nearly all of it in the data URLs of images. */
export function imageRequest(name, bytes) {
  const image = () => {
    const data = Buffer.concat([PNG, randomBytes(Math.floor(((bytes / IMAGES) * 3) / 4))])
    return {
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${data.toString('base64')}` },
    }
  }
  const content = [
    { type: 'text', text: words(50).join('') },
    ...Array.from({ length: IMAGES }, image),
  ]
  const { messages, ...rest } = JSON.parse(requestBody(name))
  return JSON.stringify({ ...rest, messages: [messages[0], { role: 'user', content }] })
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
