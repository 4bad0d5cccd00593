// The gateway as a Worker: bundled by wrangler as for a deployment, then served by workerd, which is what Cloudflare
// runs. https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { here, run, startUntil } from './processes.mjs'
import { runtimes, wrangler } from './programs.mjs'

const root = dirname(dirname(here))
const example = join(root, 'wrangler.example.toml')
const exampleText = readFileSync(example, 'utf8')

/** The value of a key of the example, whose strings and lists are JSON too. */
function readExample(key) {
  const [, value] = new RegExp(`^${key} = (.+)$`, 'm').exec(exampleText) ?? []
  return JSON.parse(value)
}

/** The example's own configuration. */
export function readExampleConfig() {
  const [, text] = /^AIGW_CONFIG = '''\n(.*?)'''/ms.exec(exampleText) ?? []
  return text
}

/** What `wrangler deploy --dry-run` makes of the example, or of another file; returns the path of the module. */
export async function bundleWorker(directory, file = example) {
  const args = [wrangler, 'deploy', '--dry-run', '--config', file, '--outdir', directory]
  const env = { WRANGLER_SEND_METRICS: 'false', XDG_CONFIG_HOME: directory, CI: 'true' }
  const { code, output } = await run(process.execPath, args, { cwd: root, env }).ended
  if (code !== 0) throw new Error(`wrangler ended with ${code}:\n${output}`)
  return join(directory, `${readMain(file)}.js`)
}

/** The Worker of one's own that the example speaks of, beside the scene's configuration; returns its wrangler.toml. */
export function workerOfText({ directory }) {
  // Lines of the example that are commented out, `#   `.
  const lines = [...exampleText.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line)
  const [rules] = lines.filter((line) => line.startsWith('rules = '))
  const source = lines.slice(lines.indexOf('// worker.ts')).join('\n')
  const file = join(directory, 'wrangler.toml')
  const settings = ['compatibility_date', 'compatibility_flags'].map(
    (key) => `${key} = ${JSON.stringify(readExample(key))}`,
  )
  writeFileSync(
    file,
    ['name = "aigw"', 'main = "worker.ts"', ...settings, rules].map((line) => `${line}\n`).join(''),
  )
  writeFileSync(
    join(directory, 'worker.ts'),
    source
      .replace("'./src/entry.ts'", JSON.stringify(join(root, 'src', 'entry.ts')))
      .replace('./aigw.yaml', './config.yaml'),
  )
  return file
}

const readMain = (file) => /^main = ".*?([^/"]+)\.ts"$/m.exec(readFileSync(file, 'utf8'))?.[1]

/** Text modules that wrangler has put beside a module, by the names that it imports them with. */
function textModules(module) {
  const names = readFileSync(module, 'utf8').matchAll(/^import \w+ from "\.\/([^"]+\.yaml)";$/gm)
  return Array.from(names, ([, name]) => `(name = "${name}", text = embed "${name}")`)
}

/** `variables` are bindings; as `startGateway`, without an admin server. */
export async function startWorker(module, variables) {
  const directory = dirname(module)
  const bindings = Object.entries(variables).map(([name, value]) => {
    writeFileSync(join(directory, `${name}.txt`), value)
    return `(name = "${name}", text = embed "${name}.txt")`
  })
  const flags = readExample('compatibility_flags').map((flag) => JSON.stringify(flag))
  const modules = [
    `(name = "main.js", esModule = embed "${module.slice(directory.length + 1)}")`,
    ...textModules(module),
  ]
  const config = join(directory, 'workerd.capnp')
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "aigw", worker = .aigw),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "aigw")],
);

const aigw :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  bindings = [${bindings.join(', ')}],
  compatibilityDate = "${readExample('compatibility_date')}",
  compatibilityFlags = [${flags.join(', ')}],
);
`,
  )
  const { found, ...started } = await startUntil(
    /"event":"listen","socket":"http","port":(\d+)/,
    runtimes.workerd,
    ['serve', config, '--control-fd=1'],
    {},
  )
  return { ...started, url: `http://127.0.0.1:${found[1]}` }
}
