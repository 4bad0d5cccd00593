// `run --simulate`: the configuration in use, with made-up credentials where none are set, so that signing and
// everything else runs as it does in production.
import type { AuthSpec, GatewaySpec } from '../src/index.ts'

/** Every backend has a credential afterwards; the real ones stay, and none of them leaves the machine. */
export function withPlaceholderCredentials(spec: GatewaySpec): GatewaySpec {
  const backends = Object.entries(spec.backends).map(([name, backend]) => {
    const auth = backend.auth && fillIn(backend.auth)
    return [name, auth === undefined ? backend : { ...backend, auth }] as const
  })
  return { ...spec, backends: Object.fromEntries(backends) }
}

const awsFile = {
  text: '[default]\naws_access_key_id = SIMULATED\naws_secret_access_key = simulated\n',
  profile: 'default',
}

/** A login in place of a service account: it is refreshed without a private key. */
const gcpFile = JSON.stringify({
  type: 'authorized_user',
  client_id: 'simulated',
  client_secret: 'simulated',
  refresh_token: 'simulated',
})

function fillIn(auth: AuthSpec): AuthSpec {
  switch (auth.type) {
    case 'APIKey':
    case 'AnthropicAPIKey':
    case 'AzureAPIKey': {
      const { missing: _, ...rest } = auth
      return { ...rest, key: rest.key ?? 'simulated' }
    }
    case 'AzureCredentials': {
      const { missing: _, ...rest } = auth
      return { ...rest, clientSecret: rest.clientSecret ?? 'simulated' }
    }
    case 'AWSCredentials': {
      // The default chain would ask the metadata services of a cloud that we may not be in.
      const { missing, file, ...rest } = auth
      return { ...rest, file: missing === undefined && file !== undefined ? file : awsFile }
    }
    case 'GCPCredentials': {
      const { missing, serviceAccount, ...rest } = auth
      return { ...rest, serviceAccount: serviceAccount ?? gcpFile }
    }
    case 'Unsupported':
      return auth
  }
}
