// The token endpoint of an authorization server: a grant goes in, an access token comes out.
// https://datatracker.ietf.org/doc/html/rfc6749#section-5
import type { GatewayError } from '../errors.ts'
import { isRecord } from '../json/is-record.ts'
import type { Ports, UpstreamResponse } from '../ports.ts'
import type { Token } from './token-source.ts'

export type TokenPorts = Pick<Ports, 'fetch' | 'now' | 'schedule'>

export interface UnavailableOptions {
  readonly cause?: unknown
  /** It may work in a moment. */
  readonly again?: 'soon'
}

export interface RequestTokenPorts extends TokenPorts {
  /** The error for a token that cannot be had. `reason` holds no secret. */
  unavailable(reason: string, options?: UnavailableOptions): GatewayError
}

const timeoutMs = 10_000
/** Where an answer does not say how long its token lasts. */
const defaultLifeSeconds = 300
const encoder = new TextEncoder()

/** Rejects with what `unavailable` makes; neither the form nor the answer's words are in it. */
export async function requestToken(
  url: string,
  form: URLSearchParams,
  ports: RequestTokenPorts,
): Promise<Token> {
  const startedAt = ports.now()
  const controller = new AbortController()
  const timeout = ports.unavailable('the token endpoint did not answer in time', {
    again: 'soon',
  })
  const cancelTimer = ports.schedule(() => controller.abort(timeout), timeoutMs)
  let status: number
  let text: string
  try {
    const response = await ports.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: encoder.encode(form.toString()),
      signal: controller.signal,
      redirect: 'manual',
    })
    status = response.status
    text = await readText(response)
  } catch (cause) {
    if (controller.signal.aborted) throw timeout
    throw ports.unavailable('the token endpoint cannot be reached', {
      cause,
      again: 'soon',
    })
  } finally {
    cancelTimer()
  }
  return readToken(status, text, startedAt, ports)
}

async function readText(response: UpstreamResponse): Promise<string> {
  const bytes = await (response.collect?.() ?? response.arrayBuffer())
  return new TextDecoder().decode(bytes)
}

function readToken(
  status: number,
  text: string,
  startedAt: number,
  ports: RequestTokenPorts,
): Token {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    answer = undefined
  }
  const members = isRecord(answer) ? answer : {}
  if (status < 200 || status > 299) {
    // The code alone, such as `invalid_grant`: a description may hold anything.
    const code = typeof members.error === 'string' && /^[\w.-]{1,64}$/.test(members.error)
    const detail = code ? `${status} ${String(members.error)}` : String(status)
    throw ports.unavailable(`the token endpoint answered ${detail}`, {
      ...(status >= 500 || status === 429 ? { again: 'soon' as const } : {}),
    })
  }
  const { access_token: value, expires_in: life } = members
  // Anything else could not be sent in a header.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value.trim())) {
    throw ports.unavailable('the token endpoint answered without an access_token', {
      again: 'soon',
    })
  }
  const seconds = Number(life)
  const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifeSeconds
  return { value: value.trim(), expiresAt: startedAt + lasts * 1000 }
}
