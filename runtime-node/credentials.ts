// AWS's default provider chain as far as environment and files go
// (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
import { readFile } from 'node:fs/promises'
import nodePath, { type PlatformPath } from 'node:path'
import { type IniFile, type IniSection, parseAwsIni } from '../src/auth/aws-ini.ts'
import { readAwsProfile, unavailableAwsCredentials } from '../src/auth/aws-profile.ts'
import { readAwsVariables } from '../src/auth/environment-credentials.ts'
import type { AwsCredentials } from '../src/index.ts'
import { decodeText } from './read-text.ts'

export interface AwsDefaultChainOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The person's home directory. */
  readonly home: string
  /** That of the system, unless told otherwise. */
  readonly path?: PlatformPath
  /** The text of a file; undefined where there is none. */
  readonly readText?: (path: string) => Promise<string | undefined>
  /** Milliseconds since any fixed moment. */
  readonly now?: () => number
}

/** How long files count as unchanged. They are small, and a login may replace them at any time. */
const freshMs = 1000

/**
 * The chain: environment, then shared files. Undefined where nothing is configured; rejects with a
 * `GatewayError` that says what is wrong, or which part of the chain is not built.
 */
export function createAwsDefaultChain(
  options: AwsDefaultChainOptions,
): () => Promise<AwsCredentials | undefined> {
  const { env, home, path: { join } = nodePath, readText = readTextFile, now = Date.now } = options
  const read = (name: string): string | undefined => env[name]?.trim() || undefined
  let kept:
    | { readonly result: Promise<AwsCredentials | undefined>; readonly at: number }
    | undefined

  const find = async (): Promise<AwsCredentials | undefined> => {
    const fromVariables = readAwsVariables(env)
    if (fromVariables !== undefined) return fromVariables
    if (read('AWS_WEB_IDENTITY_TOKEN_FILE') && read('AWS_ROLE_ARN')) {
      throw notBuilt('AWS_WEB_IDENTITY_TOKEN_FILE', 'web identity')
    }
    const fromFiles = await readSharedFiles(read, (usual) => join(home, '.aws', usual), readText)
    if (fromFiles !== undefined) return fromFiles
    for (const name of [
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    ]) {
      if (read(name)) throw notBuilt(name, 'credentials of a container')
    }
    return undefined
  }

  return () => {
    const at = now()
    if (kept === undefined || at - kept.at >= freshMs) kept = { result: find(), at }
    return kept.result
  }
}

async function readSharedFiles(
  read: (name: string) => string | undefined,
  usualPath: (name: string) => string,
  readText: (path: string) => Promise<string | undefined>,
): Promise<AwsCredentials | undefined> {
  const load = async (variable: string, usual: string): Promise<IniFile> => {
    const path = read(variable) ?? usualPath(usual)
    let text: string | undefined
    try {
      text = await readText(path)
    } catch {
      throw unavailableAwsCredentials(`cannot read ${path}`)
    }
    if (text === undefined && read(variable) !== undefined) {
      throw unavailableAwsCredentials(`${variable} names ${path}, which does not exist`)
    }
    return parseAwsIni(text ?? '')
  }
  const [credentials, config] = await Promise.all([
    load('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
    load('AWS_CONFIG_FILE', 'config'),
  ])
  const name = read('AWS_PROFILE') ?? 'default'
  const profile = mergeProfiles(config.get(name), credentials.get(name))
  // A profile asked for must be right; a default that only sets a region, say, is no failure.
  if (read('AWS_PROFILE') === undefined && !saysHow(profile)) return undefined
  return readAwsProfile(profile === undefined ? new Map() : new Map([[name, profile]]), name)
}

/** Key by key, credentials over config. */
function mergeProfiles(
  config: IniSection | undefined,
  credentials: IniSection | undefined,
): IniSection | undefined {
  if (config === undefined || credentials === undefined) return credentials ?? config
  const merged = new Map([...config, ...credentials])
  // The token of other keys would make these worthless.
  if (credentials.has('aws_access_key_id') && !credentials.has('aws_session_token')) {
    merged.delete('aws_session_token')
  }
  return merged
}

/** Whether a profile says anything about credentials. */
function saysHow(profile: IniSection | undefined): boolean {
  return [
    'aws_access_key_id',
    'aws_secret_access_key',
    'role_arn',
    'sso_session',
    'sso_start_url',
    'web_identity_token_file',
    'credential_process',
  ].some((key) => profile?.get(key))
}

function notBuilt(variable: string, what: string): Error {
  return unavailableAwsCredentials(
    `${variable} is set, but ${what} is not supported yet; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  )
}

async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return decodeText(await readFile(path))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
