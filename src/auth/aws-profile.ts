// The credentials of one profile, and a plain error for each way of getting them that is not built.
import { GatewayError } from '../errors.ts'
import type { AwsCredentials } from '../ports.ts'
import type { IniFile } from './aws-ini.ts'

/** Throws `credential-unavailable`, naming the profile and never a value. */
export function readAwsProfile(file: IniFile, name: string): AwsCredentials {
  const profile = file.get(name)
  if (profile === undefined) throw unavailableAwsCredentials(`there is no profile "${name}"`)
  // Blank counts as absent.
  const read = (key: string): string | undefined => profile.get(key) || undefined
  const refuse = (what: string): GatewayError =>
    unavailableAwsCredentials(`profile "${name}" ${what}`)

  // In the order in which AWS looks. A role comes before the keys, which only serve to assume it.
  if (read('role_arn') && (read('source_profile') || read('credential_source'))) {
    throw refuse('assumes a role (role_arn), which is not supported yet')
  }
  const accessKeyId = read('aws_access_key_id')
  const secretAccessKey = read('aws_secret_access_key')
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, sessionToken: read('aws_session_token') }
  }
  if (accessKeyId !== undefined) throw refuse('has no aws_secret_access_key')
  if (secretAccessKey !== undefined) throw refuse('has no aws_access_key_id')
  if (read('sso_session') || read('sso_start_url')) {
    throw refuse('signs in by SSO, which is not supported yet')
  }
  if (read('web_identity_token_file')) throw refuse('uses web identity, which is not supported yet')
  if (read('credential_process')) {
    throw refuse('runs a credential_process, which is not supported yet')
  }
  throw refuse('has no aws_access_key_id and aws_secret_access_key')
}

/** `reason` reaches the client: it must hold no secret. */
export function unavailableAwsCredentials(reason: string): GatewayError {
  return new GatewayError(
    'credential-unavailable',
    `upstream credential unavailable: cannot retrieve AWS credentials: ${reason}`,
  )
}
