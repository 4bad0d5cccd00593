// GatewayConfigs, which Gateways name in an annotation.
import type { CostSpec } from '../config.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'
import { compileCosts } from './costs.ts'

const annotation = 'aigateway.envoyproxy.io/gateway-config'

/** The GatewayConfig that a Gateway names; warns where there is none. */
export function findGatewayConfig(
  { resources, report }: Compilation,
  gateway: Resource<'Gateway'>,
): Resource<'GatewayConfig'> | undefined {
  const annotations = gateway.value.metadata.annotations ?? {}
  const name = Object.hasOwn(annotations, annotation) ? annotations[annotation] : undefined
  if (name === undefined) return undefined
  const { namespace } = gateway
  const found = resources.find('GatewayConfig', namespace, name)
  if (found !== undefined) return found
  const path = ['metadata', 'annotations', annotation]
  const missing = { kind: 'GatewayConfig', namespace, name, path } as const
  resources.reportMissing(gateway, { ...missing, severity: 'warning' }, report)
  return undefined
}

/** What is counted on every route. Of two Gateways that name a key, the first counts. */
export function compileGlobalCosts(compilation: Compilation): readonly CostSpec[] {
  const costs = new Map<string, CostSpec>()
  const configs = new Set(
    compilation.resources
      .all('Gateway')
      .flatMap((gateway) => findGatewayConfig(compilation, gateway) ?? []),
  )
  for (const config of configs) {
    const given = config.value.spec.globalLLMRequestCosts ?? []
    const path = ['spec', 'globalLLMRequestCosts']
    for (const cost of compileCosts(compilation, config, given, path)) {
      if (!costs.has(cost.metadataKey)) costs.set(cost.metadataKey, cost)
    }
  }
  return [...costs.values()]
}
