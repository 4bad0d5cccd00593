// Whatever OpenAI's images take, Vertex AI gets in a form that it takes, or the client hears which field cannot be done.
// The simulated provider is the judge of its own form.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorOf, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { instant } from '../unit/simulate/support.ts'

const gateway = testGateway({
  fetch: instant,
  config: gatewaySpec(
    [
      backend('vertex', {
        schema: { name: 'GCPVertexAI' },
        endpoints: [{ kind: 'fqdn', host: 'aiplatform.googleapis.com', port: 443 }],
        auth: {
          type: 'GCPCredentials',
          project: 'p-1',
          region: 'global',
          override: { header: 'x-token', fallbackToConfigured: false },
        },
      }),
    ],
    [rule([], [ref('vertex')])],
  ),
})

const sides = fc.constantFrom(1, 256, 768, 1152, 2160, 3840, 99_999)
/** Mostly what every model has, and sometimes what few or none have. */
const usually = <Value>(has: readonly Value[], seldom: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...has) }, { weight: 1, arbitrary: seldom })
const anySize = fc.oneof(
  fc.tuple(sides, sides).map(([width, height]) => `${width}x${height}`),
  fc.constantFrom('', '1024', '0x0', 'x'),
)
const orders = fc.record(
  {
    prompt: fc.string({ minLength: 1 }),
    n: usually<number | null>([null, 1, 2, 5, 10], fc.integer({ min: -1, max: 12 })),
    size: usually<string | null>([null, 'auto', '1024x1024', '1536x1024', '1024x1792'], anySize),
    quality: usually<string | null>([null, 'auto', 'standard'], fc.constant('high')),
    background: usually<string | null>([null, 'auto', 'opaque'], fc.constant('transparent')),
    style: usually<string | null>([null], fc.constant('vivid')),
    moderation: usually<string | null>([null, 'auto'], fc.constant('low')),
    response_format: usually<string | null>([null, 'b64_json'], fc.constant('url')),
    output_format: usually<string | null>([null, 'png', 'jpeg'], fc.constant('webp')),
    output_compression: usually<number | null>([null, 100], fc.integer({ min: -1, max: 101 })),
    partial_images: fc.constantFrom(0, 1, 3),
    stream: usually([false], fc.constant(true)),
    user: fc.string(),
  },
  { requiredKeys: ['prompt'] },
)

const models = [
  'imagen-4.0-generate-001',
  'imagen-4.0-fast-generate-001',
  'imagegeneration@006',
  'gemini-2.5-flash-image',
  'gemini-3-pro-image-preview',
]

const pixel = {
  image_url:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
}

describe.each([
  ...models.map((model) => ['/v1/images/generations', model, {}] as const),
  ...['imagen-3.0-capability-001', 'gemini-2.5-flash-image'].map(
    (model) => ['/v1/images/edits', model, { images: [pixel] }] as const,
  ),
])('%s with %s', (path, model, given) => {
  it('is served, or refused by the name of the field', async () => {
    let served = 0
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const body = { model, ...given, ...order }
        const answer = await gateway.chat(body, { path, headers: { 'x-token': 't' } })
        if (answer.status === 200) {
          served++
          const text = await answer.text()
          const count = order.stream
            ? text.split('.completed",').length - 1
            : JSON.parse(text).data.length
          expect(count).toBe(order.n ?? 1)
          return
        }
        const { message } = await errorOf(answer)
        expect([answer.status, message]).toEqual([422, expect.stringMatching(/\((\w+)\)$/)])
        const [, field = ''] = /\((\w+)\)$/.exec(String(message)) ?? []
        expect(Object.keys(body)).toContain(field)
      }),
      { numRuns: 150, seed: 7 },
    )
    // A gateway that refused everything would pass too.
    expect(served).toBeGreaterThan(20)
    expect(gateway.logged).toEqual([])
  })
})
