// A gateway with few rules and one with thousands under the same load, and what it costs to check the long file.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gatewayConfig } from './gateway-config.mjs'
import { measureLoad } from './measure-load.mjs'
import { gatewayCommand } from './subject.mjs'

/** Besides those of the scenarios. */
const MANY = 5000
const CHECKS = 3
/** Has a Node process say at its end what CPU it took: other work on the machine is none of its own. */
const confess = encodeURIComponent(
  'process.on("exit",()=>process.stderr.write(JSON.stringify(process.cpuUsage())))',
)

/** In the floor's place stands the gateway with few rules: { floor: [result], gateway: [result] }, and CPU ms of `validate`. */
export async function measureRules(bench, command) {
  const sides = [
    { name: 'floor', command: gatewayCommand(command) },
    { name: 'gateway', command: gatewayCommand(command, MANY) },
  ]
  const { unary } = await measureLoad({ ...bench, sides }, ['unary'])
  const file = join(bench.folder, 'rules.yaml')
  writeFileSync(file, gatewayConfig(1975, bench.upstream.hello, MANY))
  const validate = Array.from({ length: CHECKS }, () => {
    const [program, ...rest] = command
    const { status, stderr } = spawnSync(program, [...rest, 'validate', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${confess}` },
    })
    if (status !== 0) bench.blame(`validate of ${MANY} rules ended with ${status}`)
    const [said = '{}'] = /\{"user":\d+,"system":\d+\}$/.exec(stderr) ?? []
    const { user, system } = JSON.parse(said)
    return (user + system) / 1000
  })
  return { load: unary, validate }
}
