// Annotations that look like this gateway's own: a slip in one would go unnoticed, as anybody may invent annotations.
import { findNearest, suggestNearest } from '../nearest.ts'
import { type Kind, resourceKinds } from '../resources/index.ts'
import type { Compilation } from './compilation.ts'

/** With a slash at the end: any name may follow. */
const known: Readonly<Record<string, readonly Kind[]>> = {
  'substitution.aigw.run/env/': ['Secret'],
  'substitution.aigw.run/file/': ['Secret'],
  'aigw.run/auto-fallback': ['AIGatewayRoute'],
  'aigateway.envoyproxy.io/gateway-config': ['Gateway'],
}
const domains = [...new Set(Object.keys(known).map(domainOf))]

export function checkAnnotations({ resources, report }: Compilation): void {
  // The registry's keys are its kinds.
  for (const kind of Object.keys(resourceKinds) as Kind[]) {
    for (const resource of resources.all(kind)) {
      for (const name of Object.keys(resource.value.metadata.annotations ?? {})) {
        const domain = domainOf(name)
        if (findNearest(domain, domains) === undefined || isKnown(name, kind)) continue
        const meant = Object.keys(known).filter((one) => known[one]?.includes(kind))
        report(resource, {
          severity: 'warning',
          code: 'ignored.annotation',
          path: ['metadata', 'annotations', name],
          text: `a ${kind} has no such annotation; it has no effect`,
          point: 'key',
          ...suggest(name, meant),
        })
      }
    }
  }
}

function domainOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')))
}

function isKnown(name: string, kind: Kind): boolean {
  return Object.entries(known).some(
    ([one, kinds]) =>
      kinds.includes(kind) &&
      (one.endsWith('/') ? name.startsWith(one) && name.length > one.length : name === one),
  )
}

/** What follows the last slash of an open name is the user's own. */
function suggest(name: string, meant: readonly string[]) {
  const own = name.slice(name.lastIndexOf('/') + 1)
  return suggestNearest(
    name,
    meant.map((one) => (one.endsWith('/') ? `${one}${own}` : one)),
  )
}
