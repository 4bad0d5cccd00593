// Credentials of AWS and Google Cloud in variables alone: what is left of their default chains where there are no files.
// https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
import type { AwsCredentials } from '../ports.ts'

type Environment = Readonly<Record<string, string | undefined>>

const reader = (env: Environment) => (name: string) => env[name]?.trim() || undefined

export function readAwsVariables(env: Environment): AwsCredentials | undefined {
  const read = reader(env)
  const accessKeyId = read('AWS_ACCESS_KEY_ID') ?? read('AWS_ACCESS_KEY')
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY') ?? read('AWS_SECRET_KEY')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: read('AWS_SESSION_TOKEN') }
}

/** JSON of a credentials file, in a variable that is this gateway's own. */
export function readGcpVariable(env: Environment): string | undefined {
  return reader(env)('GOOGLE_APPLICATION_CREDENTIALS_JSON')
}
