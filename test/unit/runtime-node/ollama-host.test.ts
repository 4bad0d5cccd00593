import { describe, expect, it } from 'vitest'
import { parseOllamaHost } from '../../../runtime-node/ollama-host.ts'

describe('parseOllamaHost', () => {
  it.each([
    ['ollama', 'ollama', 11434, false],
    ['ollama:9000', 'ollama', 9000, false],
    [':9000', '127.0.0.1', 9000, false],
    ['0.0.0.0', '127.0.0.1', 11434, false],
    ['0.0.0.0:9000', '127.0.0.1', 9000, false],
    ['[::]:9000', '::1', 9000, false],
    ['::1', '::1', 11434, false],
    ['[fd00::7]:9000', 'fd00::7', 9000, false],
    ['http://ollama', 'ollama', 80, false],
    ['http://host.docker.internal:11434', 'host.docker.internal', 11434, false],
    ['https://ollama.example', 'ollama.example', 443, true],
    ['HTTPS://ollama.example:8443/path', 'ollama.example', 8443, true],
    [' "ollama:9000" ', 'ollama', 9000, false],
  ])('reads %j', (text, host, port, secure) => {
    expect(parseOllamaHost(text)).toEqual({ host, port, secure })
  })

  it.each(['', ' ', 'ftp://x', 'a:b', 'a:99999', 'user:secret@host', 'unix:///run/x'])(
    'refuses %j',
    (text) => {
      expect(parseOllamaHost(text)).toBeUndefined()
    },
  )
})
