// Text of a configuration made fit to be shown: whatever may be a credential gives way to a mark. Works on
// text alone, because it is needed most where YAML cannot be parsed.

const mark = '[REDACTED]'

/** Keys of well-known makers, what follows an authorization scheme, and user info in a URL. */
const knownForms = [
  /\b(?:sk|pk|rk|xai|gsk|hf|ghp|gho|ghs|glpat|github_pat|xox[abps])[-_][\w-]{8,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g,
  /\bAIza[\w-]{20,}/g,
  /\beyJ[\w-]{8,}(?:\.[\w-]+)*/g,
  /(?<=\bBearer\s+)[\w.~+/=-]{6,}/gi,
  /(?<=\bBasic\s+)(?=\S*[A-Z\d=])[\w+/=]{6,}/g,
  /(?<=:\/\/)[^\s/?#@"']+@/g,
]

/** Long, and of small letters, capitals and digits: a name seldom is, a key nearly always. */
const randomText = /[\w+/=-]{20,}/g

function isRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}

/** Takes out what looks like a credential, wherever it stands. */
export function maskTokens(text: string): string {
  let masked = text
  for (const form of knownForms) masked = masked.replace(form, mark)
  return masked.replace(randomText, (token) => (isRandom(token) ? mark : token))
}

const member = /^(\s*(?:- +)*(?:["'][^"']*["']|[^\s"'{}[\],#:][^\s"'{}[\],#]*)\s*:(?=\s|$)\s*)(.*)$/
const harmlessKey =
  /^(?:apiVersion|kind|name|namespace|type|immutable|substitution\.aigw\.run\/.*)$/
const sensitiveKey =
  /(?:api[-_]?key|passw(?:or)?d|secret|token|authorization|credentials?|private[-_]?key|inline|htpasswd|cookie|last-applied-configuration)$/i
const sensitiveHeader =
  /(?:authorization|(?:^|api|[-_])key|cookie|token|secret|password|credential|_headers)\b/i

/** Whether a plain value under this name is most likely a credential. */
export function isSensitiveKey(name: string): boolean {
  return sensitiveKey.test(name)
}

/** Whether the header (or variable) of this name carries a credential. */
export function isSensitiveHeader(name: string): boolean {
  return sensitiveHeader.test(name)
}

function keyOf(line: string): string {
  const [, head = ''] = member.exec(line) ?? []
  return head.replace(/^[\s-]*["']?/, '').replace(/["']?\s*:\s*$/, '')
}

/** A line of a document that holds credentials: names may be seen, values may not. */
function maskValues(line: string): string {
  const [, head = '', value = ''] = member.exec(line) ?? []
  if (head === '') {
    const [indent = ''] = /^\s*/.exec(line) ?? []
    return line.trim() === '' || line.trimStart().startsWith('#') ? indent : `${indent}${mark}`
  }
  if (value === '' || harmlessKey.test(keyOf(line))) return maskTokens(line)
  return `${head}${mark}`
}

/** A line of any other document; `around` are its neighbours, where a header's name may stand. */
function maskSuspects(line: string, around: readonly string[]): string {
  const [, head = '', value = ''] = member.exec(line) ?? []
  const scalar = value !== '' && !/^(?:[[{#&*!]|[|>][-+\d]*\s*$|\$\{?\w)/.test(value)
  if (scalar && sensitiveKey.test(keyOf(line))) return `${head}${mark}`
  const named = around.some((other) => keyOf(other) === 'name' && sensitiveHeader.test(other))
  if (scalar && named && keyOf(line) === 'value') return `${head}${mark}`
  // `{ name: authorization, value: … }` on one line.
  const inline = line.replace(
    /(["']?(?:value|inline|apiKey|password|token|secret)["']?\s*:\s*)("[^"]*"|'[^']*'|[^\s,}{[\]$][^\s,}{[\]]*)/gi,
    (whole, key: string, text: string) =>
      /["']?value/i.test(key) && !sensitiveHeader.test(line.replace(text, ''))
        ? whole
        : `${key}${mark}`,
  )
  return maskTokens(inline)
}

/** A Secret, also with a slip in its kind, or one that lost it. */
const guardedPattern =
  /(?:^|[\s{,-])["']?(?:kind["']?\s*:\s*["']?s\w{3,7}(?=["'\s,}]|$)|(?:stringData|binaryData|data)["']?\s*:)/i

function holdsCredentials(document: readonly string[]): boolean {
  return document.some((line) => guardedPattern.test(line))
}

export interface MaskedLines {
  /** How many lines there are. */
  readonly count: number
  /** The line with this number, from 1; `''` where there is none. */
  at(line: number): string
}

/** The lines of a configuration's text, fit to be shown. */
export function maskLines(text: string): MaskedLines {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n/)
  /** Where each document that holds credentials begins and ends. */
  const guarded: boolean[] = []
  let start = 0
  const close = (end: number) => {
    const guard = holdsCredentials(lines.slice(start, end))
    for (let index = start; index < end; index++) guarded[index] = guard
    start = end
  }
  for (const [index, line] of lines.entries()) if (/^---(?:\s|$)/.test(line)) close(index)
  close(lines.length)
  return {
    count: lines.length,
    at(number) {
      const index = number - 1
      const line = lines[index] ?? ''
      if (guarded[index] === true && !/^---(?:\s|$)/.test(line)) return maskValues(line)
      return maskSuspects(line, [lines[index - 1] ?? '', lines[index + 1] ?? ''])
    },
  }
}
