import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveValidateSettings, type ValidateFlags } from '../../../runtime-node/settings.ts'
import { validate } from '../../../runtime-node/validate.ts'
import { createFakeSystem } from '../../support/fake-system.ts'
import { complete, documents, gateway, resource, route, toA } from '../config/support.ts'

const folder = mkdtempSync(join(tmpdir(), 'aigw-validate-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function check(text: string, flags: ValidateFlags = {}) {
  writeFileSync(join(folder, 'a.yaml'), text)
  const system = createFakeSystem({ workingDirectory: folder, home: folder })
  const code = await validate(resolveValidateSettings('a.yaml', flags, system), system)
  return { code, text: system.stdout.text(), stderr: system.stderr.text() }
}

const sound = complete(route([toA]))
const broken = complete(route([{ backendRefs: [{ name: 'b' }] }, { nmae: 'x', ...toA }]))

describe('validate', () => {
  it('says in one line that all is well', async () => {
    const { code, text, stderr } = await check(sound)
    expect(text).toBe(`${join(folder, 'a.yaml')} can be used\n`)
    expect([code, stderr]).toEqual([0, ''])
  })

  it('shows every problem with its place, the lines around it and what to do', async () => {
    const { code, text } = await check(
      `${complete()}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata:
  name: r
spec:
  rules:
    - backendRefs:
        - name: ab
      nmae: x
`,
    )
    expect(text).toContain(
      `a.yaml:16:17: error: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].name: there is no AIServiceBackend default/ab [ref.missing]
  15 |     - backendRefs:
> 16 |         - name: ab
     |                 ^^
  17 |       nmae: x
  hint: did you mean a?`,
    )
    expect(text).toContain('a.yaml:17:7: warning: ')
    expect(text).toMatch(/cannot be used: 1 error, \d+ warnings?\n$/)
    expect(code).toBe(1)
  })

  it('points at expressions that make no sense', async () => {
    const proxy = resource('EnvoyProxy', 'p', {
      spec: {
        telemetry: {
          accessLog: {
            settings: [
              {
                matches: ["request.headers['x'] != ''", 'response.code >='],
                sinks: [{ type: 'File', file: { path: '/dev/stdout' } }],
              },
            ],
          },
        },
      },
    })
    const named = gateway({
      infrastructure: {
        parametersRef: { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'p' },
      },
    })
    const costs = [{ metadataKey: 'a', type: 'CEL', cel: 'tokens * 2' }]
    const text = complete(route([toA], { llmRequestCosts: costs }), proxy).replace(
      JSON.stringify(gateway()),
      JSON.stringify(named),
    )
    const { code, text: said } = await check(text, { format: 'json' })
    const found = JSON.parse(said) as { code: string; path: string; message: string }[]
    expect(found.filter(({ code: kind }) => kind === 'schema.cel')).toMatchObject([
      {
        path: 'spec.llmRequestCosts[0].cel',
        message: expect.stringContaining('invalid CEL expression: Unknown variable: tokens'),
      },
      { path: 'spec.telemetry.accessLog.settings[0].matches[1]' },
    ])
    expect(code).toBe(1)
  })

  it('prints the diagnostics as JSON', async () => {
    const { code, text } = await check(broken, { format: 'json' })
    const found: unknown = JSON.parse(text)
    expect(found).toEqual(
      expect.arrayContaining([
        {
          file: 'a.yaml',
          line: expect.any(Number),
          column: expect.any(Number),
          severity: 'error',
          code: 'ref.missing',
          path: 'spec.rules[0].backendRefs[0].name',
          message: expect.stringContaining('there is no AIServiceBackend default/b'),
          hint: 'did you mean a?',
        },
      ]),
    )
    expect(code).toBe(1)
    expect(JSON.parse((await check(sound, { format: 'json' })).text)).toEqual([])
  })

  it('prints SARIF with a rule for each code', async () => {
    const { text } = await check(broken, { format: 'sarif' })
    const [run] = JSON.parse(text).runs
    const rules = run.tool.driver.rules.map(({ id }: { id: string }) => id)
    expect(rules).toContain('ref.missing')
    for (const { ruleId, ruleIndex, level, locations } of run.results) {
      expect(rules[ruleIndex]).toBe(ruleId)
      expect(['error', 'warning', 'note']).toContain(level)
      const { artifactLocation, region } = locations[0].physicalLocation
      expect(artifactLocation.uri).toBe('a.yaml')
      expect(region.startLine).toBeGreaterThan(0)
    }
  })

  it('refuses what only a cluster would refuse', async () => {
    const many = complete(route(Array.from({ length: 16 }, () => toA)))
    const { code, text } = await check(many)
    expect(text).toContain('error: AIGatewayRoute default/route: spec.rules: Too many: 16')
    expect(code).toBe(1)
  })

  it('refuses unknown fields when it is to be strict', async () => {
    const odd = complete(route([{ ...toA, colour: 'red' }]))
    expect((await check(odd)).code).toBe(0)
    expect((await check(odd, { strict: true })).code).toBe(1)
  })

  it('shows no value of a Secret, not even of a broken one', async () => {
    const planted = 'planted-secret-value'
    const { text } = await check(
      documents(
        gateway(),
        `kind: Secret\napiVersion: v1\nmetadata:\n  name: s\nstringData:\n  apiKey: [${planted}]\n  other: | ${planted}\n`,
        resource('Secret', 't', { data: { k: `!${planted}` } }),
      ),
    )
    expect(text).toContain('> ')
    expect(text).not.toContain(planted)
  })
})
