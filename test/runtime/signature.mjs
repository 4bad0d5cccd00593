// Whether AWS would accept the signature of a request as it arrived.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import assert from 'node:assert/strict'

const encoder = new TextEncoder()
const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes))

async function hmac(key, text) {
  const usable = await crypto.subtle.importKey(
    'raw',
    key,
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return new Uint8Array(await crypto.subtle.sign('HMAC', usable, encoder.encode(text)))
}

const encodePath = (path) =>
  path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, percent))
    .join('/')
const percent = (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

const fromBase64Url = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  )

/** Whether Google would give a token for the assertion; returns its claims. */
export async function assertAssertion(form, jwk) {
  const [head, claims, signature] = new URLSearchParams(form).get('assertion').split('.')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
  const signed = encoder.encode(`${head}.${claims}`)
  assert.ok(await crypto.subtle.verify(algorithm, key, fromBase64Url(signature), signed))
  return JSON.parse(new TextDecoder().decode(fromBase64Url(claims)))
}

/** `request`: `{ method, path, headers, body }`, the path as it was on the wire. */
export async function assertSigned({ method, path, headers, body }, { secretKey, region }) {
  const [, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
      headers.authorization,
    ) ?? []
  assert.ok(signature, `no signature: ${headers.authorization}`)
  const [day, scopeRegion, service] = scope.split('/')
  assert.deepEqual([scopeRegion, service], [region, 'bedrock'])
  assert.ok(names.split(';').includes('host'))
  const canonical = [
    method,
    encodePath(path),
    '',
    ...names.split(';').map((name) => `${name}:${headers[name].trim().replace(/ +/g, ' ')}`),
    '',
    names,
    await sha256(body),
  ].join('\n')
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    await sha256(encoder.encode(canonical)),
  ].join('\n')
  let key = encoder.encode(`AWS4${secretKey}`)
  for (const part of [day, region, service, 'aws4_request']) key = await hmac(key, part)
  assert.equal(hex(await hmac(key, text)), signature)
}
