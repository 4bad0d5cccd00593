// AWS credentials for Bedrock: from the request, from a configured file, or from AWS's default chain.

import type { AwsAuthSpec } from '../config/config.ts'
import { GatewayError } from '../errors.ts'
import type { AwsCredentials, Ports } from '../ports.ts'
import { withoutPort } from '../url-parts.ts'
import type { BackendAuth } from './auth.ts'
import { parseAwsIni } from './aws-ini.ts'
import { readAwsProfile } from './aws-profile.ts'
import { regionOfHost } from './aws-region.ts'
import { readOverrideAwsCredentials } from './credential-override.ts'
import { missingCredential } from './missing-credential.ts'
import { createSigningMemory, signRequest } from './sigv4.ts'

export function createAwsAuth(
  spec: AwsAuthSpec,
  ports: Pick<Ports, 'now' | 'awsDefaultChain' | 'digests'>,
): BackendAuth {
  const memory = createSigningMemory()
  const configured =
    spec.file === undefined
      ? () => readChain(ports, spec.missing)
      : createFileReader(spec.file, spec.missing)
  return {
    apply(request, incoming) {
      const host = withoutPort(request.headers.get('host') ?? request.url.hostname)
      const own = readOverrideAwsCredentials(spec.override, incoming)
      const sign = (credentials: AwsCredentials) =>
        signRequest(request, credentials, {
          service: 'bedrock',
          region: regionOfHost(host, spec.region),
          now: ports.now(),
          memory: own === undefined ? memory : undefined,
          digests: ports.digests,
        })
      const credentials = own ?? configured()
      return credentials instanceof Promise ? credentials.then(sign) : sign(credentials)
    },
  }
}

/** Reads the file at the first request, so that a bad one fails its own backend's requests alone. */
function createFileReader(
  file: NonNullable<AwsAuthSpec['file']>,
  missing: string | undefined,
): () => AwsCredentials {
  let credentials: AwsCredentials | undefined
  return () => {
    // The file is a placeholder then.
    if (missing !== undefined) throw missingCredential(missing)
    credentials ??= readAwsProfile(parseAwsIni(file.text), file.profile)
    return credentials
  }
}

async function readChain(
  ports: Pick<Ports, 'awsDefaultChain'>,
  missing: string | undefined,
): Promise<AwsCredentials> {
  let credentials: AwsCredentials | undefined
  try {
    credentials = await ports.awsDefaultChain()
  } catch (cause) {
    if (GatewayError.is(cause)) throw cause
    // What another's chain says may hold anything, so it is for the log alone.
    throw new GatewayError(
      'credential-unavailable',
      'upstream credential unavailable: cannot retrieve AWS credentials',
      { cause, headers: { 'retry-after': '5' } },
    )
  }
  if (credentials === undefined) throw missingCredential(missing)
  return credentials
}
