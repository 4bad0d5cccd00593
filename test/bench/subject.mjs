// What is measured: the floor or a gateway, started, asked, checked and stopped.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:http'
import { join } from 'node:path'
import { gatewayConfig } from './gateway-config.mjs'
import { requestText } from './http-messages.mjs'
import { family, freePort, here, launch, sleep, stop } from './processes.mjs'
import { findFault, marker, requestBody, traffic } from './workloads.mjs'

const PATH = '/v1/chat/completions'

/** What the load generator must know to ask for a scenario. */
export const job = (name) => ({
  request: requestText(PATH, requestBody(name)),
  marker: marker(name),
})

export const floorCommand = ({ port, providerPorts }) => {
  const routes = Object.entries(traffic).map(([name, { provider }]) => [
    name,
    { port: providerPorts[name], provider },
  ])
  return [
    process.execPath,
    here('floors.mjs'),
    String(port),
    JSON.stringify(Object.fromEntries(routes)),
  ]
}

/** `command` is what stands before `run FILE --admin-port N`; the file has so many rules that nobody asks for. */
export const gatewayCommand =
  (command, idleRules = 0) =>
  ({ port, adminPort, folder, providerPorts }) => {
    const file = join(folder, 'bench.yaml')
    writeFileSync(file, gatewayConfig(port, providerPorts, idleRules))
    return [...command, 'run', file, '--admin-port', String(adminPort)]
  }

/** Nothing of the person's own set-up takes part: keys, telemetry, proxies, folders. */
function environment(folder) {
  const personal = /^(AIGW|OTEL|AWS|AZURE|OPENAI|ANTHROPIC|GOOGLE|TARS)_|^(https?|all|no)_proxy$/i
  const kept = Object.entries(process.env).filter(([name]) => !personal.test(name))
  return {
    ...Object.fromEntries(kept),
    AIGW_CONFIG_HOME: folder,
    AIGW_DATA_HOME: folder,
    AIGW_STATE_HOME: folder,
    AIGW_RUNTIME_DIR: folder,
  }
}

const ask = (port, body) =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const target = { host: '127.0.0.1', port, path: PATH, method: 'POST', agent: false }
    const call = request({ ...target, headers, timeout: 20_000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode, body: text }))
    })
    call.on('error', reject).on('timeout', () => call.destroy(new Error('no answer within 20 s')))
    call.end(body)
  })

/** Of a gateway's metrics; NaN where there are none. */
const readLostSpans = (adminPort) =>
  new Promise((resolve) => {
    const call = get({ host: '127.0.0.1', port: adminPort, path: '/metrics' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      answer.on('end', () =>
        resolve(Number(/^aigw_spans_dropped_total(?:{.*})? (\d+)/m.exec(text)?.[1])),
      )
    })
    call.on('error', () => resolve(Number.NaN))
  })

/**
 * Starts the floor or a gateway and waits for its first right answer. `toLine` and `toAnswer` are ms from its start to the
 * line that says it listens, and to that answer. `fault(scenario, body)` asks once, and resolves to nothing or to what is wrong.
 */
export async function startSubject({ name, command, env }, providerPorts, root) {
  const folder = mkdtempSync(join(root, `${name}-`))
  const [port, adminPort] = [await freePort(), await freePort()]
  const line = command({ port, adminPort, folder, providerPorts })
  const began = performance.now()
  let toLine
  const child = launch(line, { ...environment(folder), ...env }, (text) => {
    if (/listening on/i.test(text)) toLine ??= performance.now() - began
  })
  const fault = (scenario, body = requestBody(scenario)) =>
    ask(port, body).then(({ status, body }) => findFault(scenario, status, body), String)
  let problem = await fault('unary')
  while (problem) {
    if (child.hasEnded() || performance.now() - began > 30_000) {
      if (child.pid) await stop(child.pid)
      throw new Error(`${name} does not answer: ${problem}\n${child.complaint()}`)
    }
    await sleep(2)
    problem = await fault('unary')
  }
  const toAnswer = performance.now() - began
  return {
    name,
    pids: family(child.pid),
    port,
    lostSpans: () => readLostSpans(adminPort),
    toLine,
    toAnswer,
    fault,
    stop: () => stop(child.pid),
  }
}
