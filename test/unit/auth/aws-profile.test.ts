import { describe, expect, it } from 'vitest'
import { parseAwsIni } from '../../../src/auth/aws-ini.ts'
import { readAwsProfile } from '../../../src/auth/aws-profile.ts'
import { GatewayError } from '../../../src/errors.ts'

function failure(text: string, name = 'default'): GatewayError {
  try {
    readAwsProfile(parseAwsIni(text), name)
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('readAwsProfile', () => {
  it('reads static keys, with and without a session token', () => {
    const file = parseAwsIni(
      '[default]\naws_access_key_id=A\naws_secret_access_key=S\n' +
        '[b]\naws_access_key_id=B\naws_secret_access_key=T\naws_session_token=K',
    )
    expect(readAwsProfile(file, 'default')).toEqual({ accessKeyId: 'A', secretAccessKey: 'S' })
    expect(readAwsProfile(file, 'b')).toEqual({
      accessKeyId: 'B',
      secretAccessKey: 'T',
      sessionToken: 'K',
    })
  })

  it('names a profile that is not there', () => {
    const error = failure('[default]\naws_access_key_id=A', 'team-a')
    expect(error.kind).toBe('credential-unavailable')
    expect(error.message).toContain('there is no profile "team-a"')
  })

  const keys = 'aws_access_key_id = AKIASECRET\naws_secret_access_key = SKSECRET\n'
  it.each([
    [`${keys}role_arn = arn\nsource_profile = default`, 'assumes a role (role_arn), which is not'],
    [`role_arn = arn\ncredential_source = Environment`, 'assumes a role (role_arn), which is not'],
    ['aws_access_key_id = AKIASECRET', 'has no aws_secret_access_key'],
    ['aws_secret_access_key = SKSECRET\naws_access_key_id =', 'has no aws_access_key_id'],
    ['sso_session = s', 'signs in by SSO, which is not'],
    ['sso_start_url = s', 'signs in by SSO, which is not'],
    ['web_identity_token_file = f\nrole_arn = arn', 'uses web identity, which is not'],
    ['credential_process = /bin/SKSECRET', 'runs a credential_process, which is not'],
    ['region = us-east-1', 'has no aws_access_key_id and aws_secret_access_key'],
  ])('says of %j that the profile %s', (body, what) => {
    const error = failure(`[default]\n${body}`)
    expect(error.kind).toBe('credential-unavailable')
    expect(error.message).toContain(`profile "default" ${what}`)
    expect(error.message).not.toMatch(/AKIASECRET|SKSECRET/)
  })

  it('takes static keys where a role has no source', () => {
    expect(readAwsProfile(parseAwsIni(`[default]\n${keys}role_arn = arn`), 'default')).toEqual({
      accessKeyId: 'AKIASECRET',
      secretAccessKey: 'SKSECRET',
    })
  })
})
