// A certificate authority and a server's certificate, made by OpenSSL for the length of a test.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificates {
  /** PEM of the authority. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** For a server of that name alone. */
export function makeCertificates(name: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-certificates-'))
  const run = (...words: string[]) => {
    const { status, stderr } = spawnSync('openssl', words, { cwd: folder })
    if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`)
  }
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    run(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=Test CA',
    )
    run('req', ...curve, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${name}`)
    writeFileSync(join(folder, 'names'), `subjectAltName=DNS:${name}\n`)
    run(
      ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
      ...['-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'server.pem'],
    )
    const read = (file: string) => readFileSync(join(folder, file), 'utf8')
    return { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
