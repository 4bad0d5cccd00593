// AWS Signature Version 4, the least of it: one credential, one region, paths that need no escapes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto'

const ACCESS_KEY = 'AKIABENCH'
const SECRET_KEY = 'bench-secret-key'
const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
const sha256 = (text) => createHash('sha256').update(text).digest('hex')

/** By the day. */
const keys = new Map()

function keyOf(day) {
  let key = keys.get(day)
  if (key === undefined) {
    key = ['us-east-1', 'bedrock', 'aws4_request'].reduce(hmac, hmac(`AWS4${SECRET_KEY}`, day))
    keys.set(day, key)
  }
  return key
}

/** Headers for a POST. */
export function signAws(host, path, body) {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = date.slice(0, 8)
  const scope = `${day}/us-east-1/bedrock/aws4_request`
  const signed = 'host;x-amz-date'
  const canonical = `POST\n${path}\n\nhost:${host}\nx-amz-date:${date}\n\n${signed}\n${sha256(body)}`
  const signature = createHmac('sha256', keyOf(day))
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`)
    .digest('hex')
  const credential = `Credential=${ACCESS_KEY}/${scope}`
  return {
    host,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${signature}`,
  }
}
