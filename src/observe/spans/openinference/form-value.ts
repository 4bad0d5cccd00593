// A form as a span shows it: its fields, and of files no more than name and size.
import { isRecord } from '../../../json/is-record.ts'
import { readList, readNumber, readRecord, readText, writeJson } from '../read.ts'
import type { Attributes } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { redacted } from './redact-content.ts'
import { hideText } from './values.ts'

/** Undefined where the request is no form. `secret`: fields that hold content. */
export function describeForm(
  request: unknown,
  hiding: Hiding,
  secret: readonly string[],
): Attributes | undefined {
  const form = readRecord(request)['form']
  if (!isRecord(form)) return undefined
  if (hiding.inputs) return { 'input.value': redacted }
  const fields = new Map<string, unknown>()
  const hidden = hiding.inputText || hiding.inputMessages
  for (const part of readList(form['parts'])) {
    const { name, filename, from, to } = readRecord(part)
    if (typeof name !== 'string') continue
    const file = readText(filename)
    if (file !== undefined) {
      fields.set('file_name', file)
      fields.set('file_size', (readNumber(to) ?? 0) - (readNumber(from) ?? 0))
    } else if (typeof form['text'] === 'function') {
      const text = String(form['text'](name))
      fields.set(name, secret.includes(name) ? hideText(text, hidden) : text)
    }
  }
  return {
    'input.value': writeJson(Object.fromEntries(fields)),
    'input.mime_type': 'application/json',
  }
}
