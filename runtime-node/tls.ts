// TLS to backends: a custom CA, the name to check, and the system's roots.
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { TlsSpec } from '../src/index.ts'

/** Where systems keep their roots, for a Node that cannot ask: OpenSSL's own variable first. */
const bundles = [
  process.env.SSL_CERT_FILE,
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

function systemCertificates(): readonly string[] {
  // Node 22.15 and newer.
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    const found: unknown = tls.getCACertificates('system')
    return Array.isArray(found) ? found.map(String) : []
  }
  for (const file of bundles) {
    if (file === undefined || file === '') continue
    try {
      return [readFileSync(file, 'utf8')]
    } catch {
      // Not on this system: the next one.
    }
  }
  return []
}

let system: SecureContext | undefined

/** Made once: reading some hundred certificates takes milliseconds. */
function systemContext(): SecureContext {
  system ??= createSecureContext({ ca: [...rootCertificates, ...systemCertificates()] })
  return system
}

/** Options of `tls.connect`; `spec` undefined: no TLS. */
export const connectOptions = (spec: TlsSpec | undefined) =>
  spec === undefined ? {} : secureOptions(spec)

export function secureOptions(spec: TlsSpec) {
  return {
    secureContext: spec.ca === undefined ? systemContext() : createSecureContext({ ca: spec.ca }),
    ...(spec.hostname === undefined ? {} : { servername: spec.hostname }),
    ...(spec.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  }
}
