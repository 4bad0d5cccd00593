import { expect, it } from 'vitest'
import { regionOfHost } from '../../../src/auth/aws-region.ts'

it.each([
  ['bedrock-runtime.us-west-2.amazonaws.com', 'us-west-2'],
  ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['vpce-0abc-xyz.bedrock-runtime.eu-west-1.vpce.amazonaws.com', 'eu-west-1'],
  ['bedrock-runtime.eu-central-1.api.aws', 'eu-central-1'],
  ['Bedrock-Runtime.EU-Central-1.amazonaws.COM', 'eu-central-1'],
  ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['vpce-1.bedrock-runtime.cn-north-1.vpce.amazonaws.com.cn', 'cn-north-1'],
  ['proxy.internal.example', 'us-east-1'],
  ['evilbedrock-runtime.x.amazonaws.com.attacker.test', 'us-east-1'],
  ['bedrock-runtime.x.amazonaws.com.attacker.test', 'us-east-1'],
  ['evilbedrock-runtime.us-west-2.amazonaws.com', 'us-east-1'],
  ['bedrock-runtime.us-west-2.amazonaws-com', 'us-east-1'],
  ['bedrock-runtime.a.b.amazonaws.com', 'us-east-1'],
  ['bedrock.us-west-2.amazonaws.com', 'us-east-1'],
])('the host %s is signed for %s', (host, region) => {
  expect(regionOfHost(host, 'us-east-1')).toBe(region)
})
