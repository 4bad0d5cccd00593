// GatewayConfig (https://aigateway.envoyproxy.io/docs/api/): what holds for all routes of a Gateway.
import * as v from 'valibot'
import { requestCosts } from '../fields/costs.ts'
import { ignored, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { invalid } from '../fields/values.ts'

const notHere = () => ignored('has no effect: there is no external processor here', 'info')

const container = v.object({
  env: unsupported('is not supported yet: set these variables for the command itself'),
  image: notHere(),
  imageRepository: notHere(),
  resources: notHere(),
  securityContext: notHere(),
  volumeMounts: notHere(),
})

const hostAndPort = v.pipe(
  v.string(),
  v.regex(/^(?:\[[\da-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, invalid('must be host:port')),
)

export const gatewayConfig = resourceObject({
  spec: v.optional(
    v.object({
      extProc: v.optional(v.object({ kubernetes: v.optional(container) })),
      globalLLMRequestCosts: v.optional(requestCosts, []),
      forwardProxy: v.optional(
        v.pipe(
          v.object({ address: hostAndPort }),
          v.metadata({
            mark: {
              effect: 'unsupported',
              text: 'is not supported yet: providers are called directly',
            },
          }),
        ),
      ),
    }),
    {},
  ),
})
