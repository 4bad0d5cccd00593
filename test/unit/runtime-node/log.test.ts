import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  formatJson,
  formatText,
  openProcessLog,
  type ProcessLogOptions,
} from '../../../runtime-node/log.ts'
import { isSensitiveHeader } from '../../../src/observe/sensitive-headers.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

const time = '2026-01-02T03:04:05.678Z'
const record = { time, level: 'info', message: 'started', fields: {} } as const

describe('formatText', () => {
  it('is a line of key=value', () => {
    const fields = { port: 1975, name: 'http', ok: true, absent: undefined }
    expect(formatText({ ...record, fields })).toBe(
      `time=${time} level=INFO msg=started port=1975 name=http ok=true\n`,
    )
  })

  it.each([
    ['two words', '"two words"'],
    ['', '""'],
    ['a=b', '"a=b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['line\nbreak', '"line\\nbreak"'],
    ['\u001b[2J', '"\\u001b[2J"'],
    ['ünï', 'ünï'],
  ])('quotes %j as needed, so that a line stays a line', (value, written) => {
    expect(formatText({ ...record, fields: { value } })).toBe(
      `time=${time} level=INFO msg=started value=${written}\n`,
    )
  })
})

describe('formatJson', () => {
  it('is one object a line, numbers as numbers', () => {
    const line = formatJson({ ...record, level: 'warn', fields: { port: 1975, absent: undefined } })
    expect(line).toBe(`{"time":"${time}","level":"WARN","msg":"started","port":1975}\n`)
  })

  it('takes __proto__ for a name like any other', () => {
    const fields = JSON.parse('{"__proto__":"x"}')
    expect(formatJson({ ...record, fields })).toContain('"__proto__":"x"')
  })
})

describe('redaction', () => {
  const secret = 'sk-very-secret'

  it.each([
    'Authorization',
    'x-api-key',
    'X-AIGW-Anything',
    'my-access-key-id',
    'my-secret-access-key',
    'my-session-token',
    'api-key',
    'x-goog-api-key',
    'cookie',
    'set-cookie',
    'proxy-authorization',
    'x-amz-security-token',
    'mcp-session-id',
    'request.header.authorization',
  ])('hides the value of %s in both forms', (name) => {
    const written = { ...record, fields: { [name]: secret } }
    expect(formatText(written)).toContain('=[REDACTED]')
    expect(formatText(written) + formatJson(written)).not.toContain(secret)
  })

  it.each(['content-type', 'x-request-id', 'model', 'keys'])('shows the value of %s', (name) => {
    expect(isSensitiveHeader(name)).toBe(false)
    expect(formatText({ ...record, fields: { [name]: 'plain' } })).toContain(`${name}=plain`)
  })

  it.each([
    'https://user:sk-very-secret@host/path',
    'https://host/path?key=sk-very-secret',
    'https://host/path?a=1&api_key=sk-very-secret&b=2',
    'https://host/path?X-Amz-Signature=sk-very-secret#x',
  ])('hides the secret part of %s, in messages and fields', (url) => {
    const written = { ...record, message: `calling ${url} now`, fields: { url } }
    expect(formatText(written) + formatJson(written)).not.toContain(secret)
    expect(formatText(written)).toContain('host/path')
  })

  it('leaves an address in a path alone', () => {
    const url = 'https://host/users/a@b.example?page=2'
    expect(formatText({ ...record, fields: { url } })).toContain('host/users/a@b.example?page')
  })
})

describe('openProcessLog', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aigw log '))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function open(options: Partial<ProcessLogOptions> = {}) {
    const { stderr } = createFakeSystem()
    const directory = join(folder, 'runs', '0')
    const processLog = openProcessLog({
      directory,
      format: 'text',
      level: 'info',
      stderr,
      alsoToStderr: false,
      now: () => Date.parse(time),
      ...options,
    })
    return { ...processLog, stderr, read: () => readFileSync(join(directory, 'aigw.log'), 'utf8') }
  }

  it('writes what is not below the level to the file, and nothing to stderr', async () => {
    const { log, close, read, stderr } = open()
    log('debug', 'one')
    log('info', 'two')
    log('error', 'three', { code: 3 })
    await close()
    expect(read()).toBe(
      `time=${time} level=INFO msg=two\ntime=${time} level=ERROR msg=three code=3\n`,
    )
    expect(stderr.text()).toBe('')
  })

  it('makes a directory that others cannot read, and a file even when there is nothing to say', async () => {
    const { close, read } = open()
    await close()
    expect(read()).toBe('')
    if (process.platform !== 'win32') {
      expect(statSync(join(folder, 'runs', '0')).mode & 0o027).toBe(0)
      expect(statSync(join(folder, 'runs', '0', 'aigw.log')).mode & 0o027).toBe(0)
    }
  })

  it('adds to the file of an earlier run of the same name', async () => {
    const first = open()
    first.log('info', 'one')
    await first.close()
    const second = open()
    second.log('info', 'two')
    await second.close()
    expect(second.read()).toMatch(/one\n.*two\n$/)
  })

  it('writes to stderr too when asked', async () => {
    const { log, close, read, stderr } = open({ alsoToStderr: true })
    log('info', 'one')
    await close()
    expect(stderr.text()).toBe(read())
  })

  it('writes JSON when asked', async () => {
    const { log, close, read } = open({ format: 'json' })
    log('info', 'one')
    await close()
    expect(JSON.parse(read())).toEqual({ time, level: 'INFO', msg: 'one' })
  })

  it('warns once and goes on with stderr where the directory cannot be made', async () => {
    const blocker = join(folder, 'file')
    writeFileSync(blocker, '')
    const { log, close, stderr } = open({ directory: join(blocker, 'runs') })
    log('info', 'one')
    await close()
    const [warning, line, ...rest] = stderr.text().trimEnd().split('\n')
    expect(warning).toMatch(/^warning: cannot write .*aigw\.log: .*; the log goes to stderr$/)
    expect(line).toBe(`time=${time} level=INFO msg=one`)
    expect(rest).toEqual([])
  })

  it('warns where the file cannot be opened', async () => {
    mkdirSync(join(folder, 'runs', '0', 'aigw.log'), { recursive: true })
    const { log, close, stderr } = open()
    log('error', 'one')
    await close()
    expect(stderr.text()).toMatch(/^warning: cannot write .*\n.*msg=one\n$/)
  })
})
