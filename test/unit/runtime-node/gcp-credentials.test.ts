import { win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createGcpDefaultCredentials } from '../../../runtime-node/gcp-credentials.ts'

function find(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  return createGcpDefaultCredentials({
    env,
    home: '/home/u',
    readText: async (path) => {
      if (files[path] === 'UNREADABLE') throw new Error('EACCES')
      return files[path]
    },
  })()
}

const usual = '/home/u/.config/gcloud/application_default_credentials.json'

describe('the application default credentials', () => {
  it('are the text in a variable before all', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS_JSON: '{1}', GOOGLE_APPLICATION_CREDENTIALS: '/k' }
    expect(await find(env, { '/k': '{2}' })).toBe('{1}')
  })

  it('are the file that a variable names before the login', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/k' }
    expect(await find(env, { '/k': '{2}', [usual]: '{3}' })).toBe('{2}')
  })

  it('are the login of gcloud, wherever gcloud keeps it', async () => {
    expect(await find({}, { [usual]: '{3}' })).toBe('{3}')
    const file = 'application_default_credentials.json'
    expect(await find({ CLOUDSDK_CONFIG: '/c' }, { [`/c/${file}`]: '{4}' })).toBe('{4}')
    expect(await find({ APPDATA: '/a' }, { [`/a/gcloud/${file}`]: '{5}' })).toBe('{5}')
  })

  it('are on Windows where gcloud keeps them there', async () => {
    const read: string[] = []
    await createGcpDefaultCredentials({
      env: { APPDATA: 'C:\\Users\\u\\AppData\\Roaming' },
      home: 'C:\\Users\\u',
      path: win32,
      readText: async (path) => void read.push(path),
    })()
    expect(read).toEqual([
      'C:\\Users\\u\\AppData\\Roaming\\gcloud\\application_default_credentials.json',
    ])
  })

  it('are none where nothing is there', async () => {
    expect(await find({ GOOGLE_APPLICATION_CREDENTIALS: ' ' })).toBeUndefined()
  })

  it('fail where a named file is missing or cannot be read', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/k' }
    await expect(find(env)).rejects.toThrow(
      'GOOGLE_APPLICATION_CREDENTIALS names /k, which does not exist',
    )
    await expect(find(env, { '/k': 'UNREADABLE' })).rejects.toThrow('cannot read /k')
  })
})
