import { describe, expect, it } from 'vitest'
import {
  backend,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  resource,
  route,
  serviceBackend,
  toA,
} from '../support.ts'

function withConfig(spec: object, name = 'c', annotated = 'c') {
  const annotations = { 'aigateway.envoyproxy.io/gateway-config': annotated }
  return load(
    documents(
      gatewayClass,
      { ...gateway(), metadata: { name: 'gw', annotations } },
      backend('a'),
      serviceBackend('a'),
      route([toA]),
      resource('GatewayConfig', name, { spec }),
    ),
  )
}

describe('GatewayConfig', () => {
  it('counts costs on every route, the last of a key', () => {
    const globalLLMRequestCosts = [
      { metadataKey: 'in', type: 'InputToken' },
      { metadataKey: 'in', type: 'TotalToken' },
      { metadataKey: 'out', type: 'OutputToken' },
    ]
    const result = withConfig({ globalLLMRequestCosts })
    expect(result.diagnostics).toEqual([])
    expect(result.spec?.costs).toEqual([
      { metadataKey: 'in', type: 'TotalToken' },
      { metadataKey: 'out', type: 'OutputToken' },
    ])
  })

  it('says what does not work yet', () => {
    const result = withConfig({
      extProc: { kubernetes: { env: [{ name: 'A', value: 'b' }], image: 'x' } },
      forwardProxy: { address: 'proxy:3128' },
    })
    expect(result.diagnostics.map(({ severity, code, path }) => [severity, code, path])).toEqual([
      ['warning', 'unsupported.field', 'spec.extProc.kubernetes.env'],
      ['info', 'ignored.field', 'spec.extProc.kubernetes.image'],
      ['warning', 'unsupported.field', 'spec.forwardProxy'],
    ])
  })

  it('is warned of when the name is wrong', () => {
    expect(messages(withConfig({}, 'conf', 'config'))[0]).toContain(
      'there is no GatewayConfig default/config',
    )
  })

  it('refuses an address without a port', () => {
    expect(messages(withConfig({ forwardProxy: { address: 'proxy' } }), 'error')).toEqual([
      'GatewayConfig default/c: spec.forwardProxy.address: Invalid value: "proxy": must be host:port',
    ])
  })
})
