import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createAwsDefaultChain } from '../../../runtime-node/credentials.ts'
import { GatewayError } from '../../../src/errors.ts'

const home = join('/', 'home', 'me')
const credentialsPath = join(home, '.aws', 'credentials')
const configPath = join(home, '.aws', 'config')
const profile = (name: string, id: string, more = ''): string =>
  `[${name}]\naws_access_key_id=${id}\naws_secret_access_key=S-${id}\n${more}`

function chain(
  env: Record<string, string>,
  files: Record<string, string> = {},
  now: () => number = () => 0,
) {
  return createAwsDefaultChain({ env, home, now, readText: async (path) => files[path] })
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!GatewayError.is(error)) throw error ?? new Error('it did not fail')
  expect(error.kind).toBe('credential-unavailable')
  return error.message
}

describe('the default chain of AWS', () => {
  it('finds nothing where nothing is', async () => {
    expect(await chain({})()).toBeUndefined()
    const files = { [configPath]: '[default]\nregion = r\n', [credentialsPath]: '' }
    expect(await chain({ AWS_ACCESS_KEY_ID: ' ' }, files)()).toBeUndefined()
  })

  it('looks below the home directory of Windows, too, and reads lines that end as they do there', async () => {
    const files: Record<string, string> = {
      'C:\\Users\\me\\.aws\\credentials': `\ufeff${profile('default', 'FILE')}`.replaceAll(
        '\n',
        '\r\n',
      ),
    }
    const find = createAwsDefaultChain({
      env: {},
      home: 'C:\\Users\\me',
      path: win32,
      readText: async (path) => files[path],
    })
    expect(await find()).toMatchObject({ accessKeyId: 'FILE', secretAccessKey: 'S-FILE' })
  })

  it('takes keys from the environment, in both spellings, before files', async () => {
    const files = { [credentialsPath]: profile('default', 'FILE') }
    const env = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: ' S\n', AWS_SESSION_TOKEN: 'T' }
    expect(await chain(env, files)()).toEqual({
      accessKeyId: 'A',
      secretAccessKey: 'S',
      sessionToken: 'T',
    })
    expect(await chain({ AWS_ACCESS_KEY: 'B', AWS_SECRET_KEY: 'S' }, files)()).toEqual({
      accessKeyId: 'B',
      secretAccessKey: 'S',
    })
    expect(
      await chain({ ...env, AWS_ACCESS_KEY: 'B', AWS_SECRET_KEY: 'X' }, files)(),
    ).toMatchObject({ accessKeyId: 'A', secretAccessKey: 'S' })
  })

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'passes over %s alone',
    async (variable) => {
      const files = { [credentialsPath]: profile('default', 'FILE') }
      expect(await chain({ [variable]: 'X' }, files)()).toMatchObject({ accessKeyId: 'FILE' })
    },
  )

  it('says that web identity is not supported, before it looks at files', async () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn' }
    const files = { [credentialsPath]: profile('default', 'FILE') }
    expect(await failure(chain(env, files)())).toContain(
      'AWS_WEB_IDENTITY_TOKEN_FILE is set, but web identity is not supported yet',
    )
    expect(await chain({ AWS_ROLE_ARN: 'arn' }, files)()).toMatchObject({ accessKeyId: 'FILE' })
  })

  it.each(['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'])(
    'says that %s is not supported, where files hold nothing',
    async (variable) => {
      expect(await failure(chain({ [variable]: '/x' })())).toContain(`${variable} is set, but`)
      const files = { [credentialsPath]: profile('default', 'FILE') }
      expect(await chain({ [variable]: '/x' }, files)()).toMatchObject({ accessKeyId: 'FILE' })
    },
  )

  it('takes the profile that is asked for, from either file', async () => {
    const files = {
      [credentialsPath]: profile('default', 'D') + profile('a', 'A'),
      [configPath]: profile('profile b', 'B'),
    }
    expect(await chain({}, files)()).toMatchObject({ accessKeyId: 'D' })
    expect(await chain({ AWS_PROFILE: 'a' }, files)()).toMatchObject({ accessKeyId: 'A' })
    expect(await chain({ AWS_PROFILE: 'b' }, files)()).toMatchObject({ accessKeyId: 'B' })
    expect(await failure(chain({ AWS_PROFILE: 'c' }, files)())).toContain('no profile "c"')
    expect(await failure(chain({ AWS_PROFILE: 'c' })())).toContain('no profile "c"')
  })

  it('merges both files key by key, credentials over config', async () => {
    const files = {
      [credentialsPath]: '[default]\naws_secret_access_key=NEW\n',
      [configPath]: profile('default', 'C', 'aws_session_token=T\n'),
    }
    expect(await chain({}, files)()).toEqual({
      accessKeyId: 'C',
      secretAccessKey: 'NEW',
      sessionToken: 'T',
    })
    const other = { ...files, [credentialsPath]: profile('default', 'D') }
    expect(await chain({}, other)()).toEqual({ accessKeyId: 'D', secretAccessKey: 'S-D' })
  })

  it('reads the files that the environment names, and says so where one is not there', async () => {
    const env = { AWS_SHARED_CREDENTIALS_FILE: '/c', AWS_CONFIG_FILE: '/d', AWS_PROFILE: 'x' }
    const files = { '/c': profile('y', 'Y'), '/d': profile('profile x', 'X') }
    expect(await chain(env, files)()).toMatchObject({ accessKeyId: 'X' })
    expect(await failure(chain(env, { '/c': '' })())).toContain(
      'AWS_CONFIG_FILE names /d, which does not exist',
    )
  })

  it('says which way of a profile is not supported', async () => {
    const files = { [configPath]: '[default]\nsso_session = s\n' }
    expect(await failure(chain({}, files)())).toContain('profile "default" signs in by SSO')
    const role = { [configPath]: '[default]\nrole_arn = a\nsource_profile = b\n' }
    expect(await failure(chain({}, role)())).toContain('assumes a role')
  })

  it('says which file cannot be read', async () => {
    const readText = (): Promise<never> => Promise.reject(new Error('EACCES'))
    const message = await failure(createAwsDefaultChain({ env: {}, home, readText })())
    expect(message).toContain(`cannot read ${credentialsPath}`)
  })

  it('reads once for many requests, and anew after a second', async () => {
    let now = 5000
    let reads = 0
    const files = { [credentialsPath]: profile('default', 'OLD') }
    const find = createAwsDefaultChain({
      env: {},
      home,
      now: () => now,
      readText: async (path) => {
        reads++
        return files[path]
      },
    })
    const found = await Promise.all(Array.from({ length: 50 }, find))
    expect(new Set(found).size).toBe(1)
    expect(reads).toBe(2)
    files[credentialsPath] = profile('default', 'NEW')
    now += 999
    expect(await find()).toMatchObject({ accessKeyId: 'OLD' })
    now += 1
    expect(await find()).toMatchObject({ accessKeyId: 'NEW' })
    expect(reads).toBe(4)
  })

  it('recovers from a failure once the files are right', async () => {
    let now = 0
    const files: Record<string, string> = { [credentialsPath]: '[default]\naws_access_key_id=A\n' }
    const find = chain({}, files, () => now)
    expect(await failure(find())).toContain('has no aws_secret_access_key')
    files[credentialsPath] = profile('default', 'A')
    now = 1000
    expect(await find()).toMatchObject({ accessKeyId: 'A' })
  })

  it('reads real files, and takes one that is not there for empty', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aigw-aws-'))
    try {
      const find = () => createAwsDefaultChain({ env: {}, home: directory })()
      expect(await find()).toBeUndefined()
      await mkdir(join(directory, '.aws'))
      await writeFile(join(directory, '.aws', 'credentials'), profile('default', 'REAL'))
      expect(await find()).toMatchObject({ accessKeyId: 'REAL' })
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
