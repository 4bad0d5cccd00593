// Google's application default credentials as far as variables and files go
// (https://cloud.google.com/docs/authentication/application-default-credentials).
import { readFile } from 'node:fs/promises'
import nodePath, { type PlatformPath } from 'node:path'
import { readGcpVariable } from '../src/auth/environment-credentials.ts'
import { unavailableGcpCredentials } from '../src/auth/gcp-token.ts'
import { decodeText } from './read-text.ts'

export interface GcpDefaultCredentialsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The person's home directory. */
  readonly home: string
  /** That of the system, unless told otherwise. */
  readonly path?: PlatformPath
  /** The text of a file; undefined where there is none. */
  readonly readText?: (path: string) => Promise<string | undefined>
}

/**
 * The text of the credentials file; undefined where there is none. Looked for anew each time, for a login
 * may replace it. Rejects with a `GatewayError` where a file is named and cannot be read.
 */
export function createGcpDefaultCredentials(
  options: GcpDefaultCredentialsOptions,
): () => Promise<string | undefined> {
  const { env, home, path: { join } = nodePath, readText = readTextFile } = options
  const read = (name: string): string | undefined => env[name]?.trim() || undefined
  return async () => {
    const inline = readGcpVariable(env)
    if (inline !== undefined) return inline
    const named = read('GOOGLE_APPLICATION_CREDENTIALS')
    const path = named ?? join(gcloudFolder(read, home, join), usualFile)
    let text: string | undefined
    try {
      text = await readText(path)
    } catch {
      throw unavailableGcpCredentials(`cannot read ${path}`)
    }
    if (text === undefined && named !== undefined) {
      throw unavailableGcpCredentials(
        `GOOGLE_APPLICATION_CREDENTIALS names ${path}, which does not exist`,
      )
    }
    return text
  }
}

const usualFile = 'application_default_credentials.json'

/** Where `gcloud auth application-default login` puts it. */
function gcloudFolder(
  read: (name: string) => string | undefined,
  home: string,
  join: PlatformPath['join'],
): string {
  const set = read('CLOUDSDK_CONFIG')
  if (set !== undefined) return set
  const appData = read('APPDATA')
  return appData === undefined ? join(home, '.config', 'gcloud') : join(appData, 'gcloud')
}

async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return decodeText(await readFile(path))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
