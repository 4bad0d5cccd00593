// Header matches of a rule, compiled. `x-ai-eg-model` is the model of the body, whatever a client sent.
import type { HeaderMatchSpec } from '../config/config.ts'
import { compileFullMatch } from './full-match.ts'
import type { RouteKey } from './route.ts'

export const modelHeader = 'x-ai-eg-model'

export interface HeaderMatch {
  readonly name: string
  readonly exact: string | undefined
  matches(key: RouteKey): boolean
}

/** An absent header never matches, not even `.*` or an empty exact value. */
export function compileHeaderMatch(spec: HeaderMatchSpec): HeaderMatch {
  const { name } = spec
  const test = spec.type === 'Exact' ? undefined : compileFullMatch(spec.value)
  const accepts = (value: string) => (test === undefined ? value === spec.value : test(value))
  return {
    name,
    exact: spec.type === 'Exact' ? spec.value : undefined,
    matches:
      name === modelHeader
        ? (key) => accepts(key.model)
        : (key) => {
            const value = key.headers.get(name)
            if (value === null) return false
            // Repeated headers count as joined by a comma alone; `Headers` joins them by comma and space.
            return accepts(value) || (value.includes(', ') && accepts(value.replaceAll(', ', ',')))
          },
  }
}
