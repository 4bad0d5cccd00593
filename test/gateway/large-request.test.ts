// A request with images goes out in pieces, with a length, and as the provider wants it.
import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { afterEach, expect, it } from 'vitest'
import { nodeDigests } from '../../runtime-node/digests.ts'
import type { BackendRefSpec, BackendSpec } from '../../src/config/config.ts'
import { ref } from '../support/gateway-spec.ts'
import { bedrock, openai } from '../support/provider-dialects.ts'
import { startRawProvider, wholeAnswer } from '../support/raw-provider.ts'
import { localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

const image = createHash('shake256', { outputLength: 1_500_000 }).update('x').digest('base64')
const request = {
  model: 'm',
  max_tokens: 5,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Größe?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
        { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${image.slice(4)}` } },
      ],
    },
  ],
}

async function send(
  answer: string,
  backend: Partial<BackendSpec>,
  override: Pick<BackendRefSpec, 'modelNameOverride'> = {},
): Promise<{ body: string; headers: Readonly<Record<string, string>> }> {
  const provider = await startRawProvider((line) => void line.write(wholeAnswer(answer)))
  const gateway = await startSocketGateway({
    backends: [localBackend('only', provider.port, backend)],
    digests: nodeDigests,
    rule: { backends: [ref('only', override)] },
  })
  open.push(provider, gateway)
  expect((await gateway.ask(request)).status).toBe(200)
  const [received] = provider.requests
  if (received === undefined) throw new Error('nothing was sent')
  expect(received.headers['content-length']).toBe(String(received.body.length))
  return { body: received.body.toString(), headers: received.headers }
}

it('is passed on under another model', async () => {
  const { body } = await send(openai.whole, {}, { modelNameOverride: 'other' })
  expect(JSON.parse(body)).toEqual({ ...request, model: 'other' })
})

it('is translated, and signed as it goes out', async () => {
  const text = '[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=SECRET'
  const { body, headers } = await send(bedrock.whole, {
    schema: { name: 'AWSBedrock' },
    auth: { type: 'AWSCredentials', region: 'us-east-1', file: { text, profile: 'default' } },
  })
  const picture = (format: string, bytes: string) => ({ image: { format, source: { bytes } } })
  expect(JSON.parse(body).messages).toEqual([
    {
      role: 'user',
      content: [{ text: 'Größe?' }, picture('png', image), picture('jpeg', image.slice(4))],
    },
  ])
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'SECRET' }
  const signer = new AwsV4Signer({
    ...credentials,
    method: 'POST',
    url: `http://${headers['host']}/model/m/converse`,
    body,
    service: 'bedrock',
    region: 'us-east-1',
    datetime: headers['x-amz-date'] ?? '',
  })
  expect(headers['authorization']).toBe(await signer.authHeader())
})
