// `aigw validate`, `--show-config` and a reload as processes: their speed, and that no credential leaves them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  complete,
  documents,
  resource,
  route,
  serviceBackend,
  toA,
} from '../unit/config/support.ts'
import { createWorkspace, type Started, type Workspace } from './command.ts'

let workspace: Workspace
beforeAll(() => {
  workspace = createWorkspace()
}, 60_000)
afterAll(() => workspace.remove())

function put(name: string, text: string): string {
  writeFileSync(join(workspace.folder, name), text)
  return name
}

async function outputOf(started: Started) {
  const code = await started.exit
  return { code, stdout: started.stdout(), stderr: started.stderr() }
}

describe('validate', () => {
  it('says what is wrong, and where, with exit code 1', async () => {
    const file = put('wrong.yaml', complete(route([{ backendRefs: [{ name: 'b' }] }])))
    const { code, stdout, stderr } = await outputOf(workspace.start(['validate', file]))
    expect(stdout).toMatch(/^wrong\.yaml:9:\d+: error: .*\n(?:.*\n)*? {2}hint: did you mean a\?\n/)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  })

  it('reads standard input, and finds nothing wrong with the built-in configuration', async () => {
    const piped = workspace.start(['validate', '-', '--format', 'json'], {
      stdin: complete(route([toA])),
    })
    expect(await outputOf(piped)).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
    expect((await outputOf(workspace.start(['validate']))).code).toBe(0)
  })

  it('cannot read what is not there', async () => {
    const { code, stdout, stderr } = await outputOf(workspace.start(['validate', 'none.yaml']))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^Error running: error reading config: open .*no such file or directory\n$/,
    )
  })

  it('takes less than two seconds for 5,000 rules', async () => {
    const rules = Array.from(
      { length: 5000 },
      (_, index) => `    - matches:
        - headers:
            - type: Exact
              name: x-ai-eg-model
              value: model-${index}
      backendRefs:
        - name: a`,
    )
    const many = `apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata:
  name: many
spec:
  parentRefs:
    - name: gw
  rules:
${rules.join('\n')}`
    const file = put('many.yaml', complete(many))
    // Of the processor, not of the clock: other work on the machine is none of ours.
    const report = 'process.on("exit",()=>process.stderr.write(JSON.stringify(process.cpuUsage())))'
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` }
    const { stdout, stderr } = await outputOf(workspace.start(['validate', file], { env }))
    expect(stdout).toContain('Too many: 5000: must have at most 15 items')
    const { user, system }: NodeJS.CpuUsage = JSON.parse(stderr)
    expect((user + system) / 1e6).toBeLessThan(2)
  })
})

describe('planted credentials', () => {
  const planted = 'planted-credential-9c1e'
  const group = 'aigateway.envoyproxy.io'
  const policy = (name: string, spec: object) =>
    resource('BackendSecurityPolicy', name, {
      spec: {
        targetRefs: [{ group, kind: 'AIServiceBackend', name: 'a' }],
        type: 'APIKey',
        ...spec,
      },
    })
  const header = { name: 'authorization', value: `Bearer ${planted}` }
  const sound = documents(
    complete(route([toA])),
    serviceBackend('b', {
      backendRef: { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' },
      headerMutation: { set: [header, { name: 'x-router', value: '$ROUTER_TOKEN' }] },
    }),
    policy('p', { apiKey: { secretRef: { name: 's' } } }),
    resource('Secret', 's', { stringData: { apiKey: `${planted}-one`, more: planted } }),
  )
  const env = { ROUTER_TOKEN: planted, OPENAI_API_KEY: planted, ANTHROPIC_API_KEY: planted }
  const broken = `${sound}
---
apiVersion: v1
kind: Secret
metadata:
  name: t
stringData:
  list: [${planted}]
  apiKey: | ${planted}
---
apiVersion: v1
kind: Secret
metadata:
  name: u
data:
  key: ${planted}
  number: 5
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata:
  name: q
spec:
  type: APIKey
  apiKey: ${planted}
  azureAPIKey: *${planted}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: MCPRoute
metadata:
  name: m
spec:
  backendRefs:
    - name: a
      securityPolicy:
        apiKey:
          inline: ${planted}
          secretRef:
`

  it.each([
    ['validate'],
    ['validate', '--format', 'json'],
    ['validate', '--format', 'sarif'],
    ['run', '--show-config'],
    ['run', '--port', '0', '--admin-port', '0'],
  ])('are not in what a broken file makes %s %s %s say', async (...args) => {
    const file = put('broken.yaml', broken)
    const { code, stdout, stderr } = await outputOf(workspace.start([...args, file], { env }))
    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/error/)
    expect(stdout + stderr).not.toContain('planted')
  })

  it('are not in --show-config of the environment either', async () => {
    const { stdout, stderr } = await outputOf(workspace.start(['run', '--show-config'], { env }))
    expect(stdout).toContain('kind: Secret')
    expect(stdout + stderr).not.toContain('planted')
  })

  it('are in no log of a reload, nor in /config, /health and /metrics', async () => {
    const file = put('live.yaml', sound)
    const started = workspace.start(
      ['run', '--debug', '--port', '0', '--admin-port', '0', '--run-id', 'planted', file],
      { env },
    )
    const { admin } = await started.listening()
    const edit = async (text: string, expected: string) => {
      put('live.yaml', text)
      await expect.poll(() => started.stderr(), { timeout: 10_000 }).toContain(expected)
    }
    await edit(broken, 'configuration not reloaded')
    const pages = async () =>
      Promise.all(
        ['/config', '/health', '/metrics'].map((path) =>
          fetch(`${admin}${path}`).then((answer) => answer.text()),
        ),
      )
    const during = await pages()
    await edit(sound.replace(`${planted}-one`, `${planted}-two`), 'credential of default/a changed')
    const said = [...during, ...(await pages()), started.stderr(), started.stdout()].join('\n')
    expect(said.replaceAll(/runs?[/ =]planted\b|run=planted/g, '')).not.toContain('planted-cred')
  })
})
