// A gateway with few rules and one with thousands under the same load, and how long it takes to check the long file.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gatewayConfig } from './gateway-config.mjs'
import { measureLoad } from './measure-load.mjs'
import { gatewayCommand } from './subject.mjs'

/** Besides those of the scenarios. */
const MANY = 5000
const CHECKS = 3

/** In the floor's place stands the gateway with few rules: { floor: [result], gateway: [result] }, and ms of `validate`. */
export async function measureRules(bench, command) {
  const sides = [
    { name: 'floor', command: gatewayCommand(command) },
    { name: 'gateway', command: gatewayCommand(command, MANY) },
  ]
  const { unary } = await measureLoad({ ...bench, sides }, ['unary'])
  const file = join(bench.folder, 'rules.yaml')
  writeFileSync(file, gatewayConfig(1975, bench.upstream.hello, MANY))
  const validate = Array.from({ length: CHECKS }, () => {
    const began = performance.now()
    const [program, ...rest] = command
    const { status } = spawnSync(program, [...rest, 'validate', file], { stdio: 'ignore' })
    if (status !== 0) bench.blame(`validate of ${MANY} rules ended with ${status}`)
    return performance.now() - began
  })
  return { load: unary, validate }
}
