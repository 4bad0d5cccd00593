import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { resolveRunSettings } from '../../../runtime-node/settings.ts'
import { showConfig } from '../../../runtime-node/show-config.ts'
import { parseConfig } from '../../../src/config/parse.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

const folder = mkdtempSync(join(tmpdir(), 'aigw-show-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function show(env: Readonly<Record<string, string>>, path?: string) {
  const system = createFakeSystem({ env, workingDirectory: folder, home: folder })
  const code = await showConfig(resolveRunSettings(path, {}, system), system)
  return { code, stdout: system.stdout.text(), stderr: system.stderr.text() }
}

describe('--show-config', () => {
  it('prints what the environment makes, without credentials', async () => {
    const planted = 'planted-credential'
    const env = { ANTHROPIC_API_KEY: planted, OPENAI_BASE_URL: 'https://router.example/api/v1' }
    const { code, stdout } = await show(env)
    expect(code).toBe(0)
    expect(stdout).not.toContain(planted)
    expect(stdout).toContain('hostname: router.example')
    expect(stdout).toContain('apiKey: "[REDACTED]"')
  })

  it('prints what loads again, to the same routes', async () => {
    const env = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a' }
    const { stdout } = await show(env)
    const again = parseConfig({ file: 'a', text: stdout, env: {} })
    expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(again.spec?.routes[0]?.rules).toHaveLength(10)
  })

  it('prints what there is of a broken file, says what is wrong and exits with 1', async () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: planted}\n---\na: ['
    writeFileSync(join(folder, 'a.yaml'), text)
    const { code, stdout, stderr } = await show({}, 'a.yaml')
    expect(code).toBe(1)
    expect(parseAllDocuments(stdout)[0]?.toJS()).toMatchObject({ stringData: { k: '[REDACTED]' } })
    expect(stderr).toMatch(/^a\.yaml:6:/)
    expect(stdout + stderr).not.toContain('planted')
  })
})
