import { describe, expect, it } from 'vitest'
import { instant, readJson, send } from './support.ts'

const url = 'https://oauth2.googleapis.com/token'
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

describe('a token endpoint', () => {
  it.each([
    { grant_type: jwtBearer, assertion: 'a.b.c' },
    { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'i', client_secret: 's' },
    { grant_type: 'client_credentials', client_id: 'i', client_secret: 's' },
  ])('grants $grant_type', async (fields) => {
    const answer = await send(instant, url, form(fields))
    expect(answer.status).toBe(200)
    expect(await readJson(answer)).toEqual({
      access_token: expect.stringMatching(/^simulated\.[0-9a-f]{32}$/),
      expires_in: 3599,
      token_type: 'Bearer',
    })
  })

  it.each<[string, Record<string, string>]>([
    ['unsupported_grant_type', { grant_type: 'password' }],
    ['invalid_request', { grant_type: jwtBearer }],
    ['invalid_grant', { grant_type: jwtBearer, assertion: 'a.b' }],
  ])('answers %s', async (error, fields) => {
    const answer = await send(instant, url, form(fields))
    expect(answer.status).toBe(400)
    expect(await readJson(answer)).toMatchObject({ error })
  })
})
