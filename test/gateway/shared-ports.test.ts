// Listeners of one port, told apart by host name: each serves its own routes.
import { describe, expect, it } from 'vitest'
import { createGateway } from '../../src/gateway.ts'
import {
  complete,
  documents,
  gateway,
  load,
  messages,
  resource,
  route,
} from '../unit/config/support.ts'

const listener = (name: string, hostname?: string) => ({
  name,
  protocol: 'HTTP',
  port: 1975,
  ...(hostname === undefined ? {} : { hostname }),
})

const routeTo = (model: string, sectionNames: readonly string[], hostnames: string[] = []) =>
  route(
    [
      {
        backendRefs: [{ name: 'a' }],
        matches: [{ headers: [{ name: 'x-ai-eg-model', value: model }] }],
      },
    ],
    { parentRefs: sectionNames.map((sectionName) => ({ name: 'gw', sectionName })), hostnames },
    model,
  )

function serve(listeners: readonly object[], ...more: readonly object[]) {
  const text = complete(...more).replace(
    JSON.stringify(gateway()),
    JSON.stringify(gateway({ listeners })),
  )
  const result = load(documents(text))
  if (result.spec === undefined) throw new Error(messages(result).join('\n'))
  const { fetch } = createGateway({ config: result.spec })
  return {
    result,
    /** The models that a host serves, or the status where there are none. */
    models: async (host: string) => {
      const answer = await fetch(new Request(`http://${host}/v1/models`))
      if (answer.status !== 200) return answer.status
      const { data }: { data: { id: string }[] } = await answer.json()
      return data.map(({ id }) => id)
    },
  }
}

describe('listeners of one port', () => {
  const wide = listener('wide')
  const own = listener('own', 'api.a.com')
  const wild = listener('wild', '*.a.com')

  it('keep their host name to the routes that are attached to them', async () => {
    const { models } = serve([wide, own], routeTo('w', ['wide']), routeTo('o', ['own']))
    expect(await models('api.a.com')).toEqual(['o'])
    expect(await models('other.com')).toEqual(['w'])
  })

  it('keep it even without a route', async () => {
    const { models } = serve([wide, own], routeTo('w', ['wide']))
    expect(await models('api.a.com')).toBe(404)
    expect(await models('other.com')).toEqual(['w'])
  })

  it('keep it from routes of others that name it', async () => {
    const { models } = serve([wide, wild], routeTo('w', ['wide'], ['x.a.com', 'b.com']))
    expect(await models('x.a.com')).toBe(404)
    expect(await models('b.com')).toEqual(['w'])
  })

  it('all serve what is attached to all', async () => {
    const both = routeTo('b', ['wide', 'wild', 'own'])
    const { models } = serve([wide, wild, own], both, routeTo('w', ['wild']))
    expect(await models('api.a.com')).toEqual(['b'])
    expect(await models('x.a.com')).toEqual(['b', 'w'])
    expect(await models('other.com')).toEqual(['b'])
  })

  it('cannot differ in what a ClientTrafficPolicy says, which is said', () => {
    const policy = resource('ClientTrafficPolicy', 'p', {
      spec: {
        targetRefs: [{ kind: 'Gateway', name: 'gw', sectionName: 'own' }],
        connection: { bufferLimit: '1Ki' },
      },
    })
    const { result } = serve([wide, own], routeTo('w', ['wide']), policy)
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'warning',
        path: 'spec.listeners[1]',
        message:
          'Gateway default/gw: spec.listeners[1]: shares port 1975 with listener wide, whose ClientTrafficPolicy holds for both',
      },
    ])
  })
})
