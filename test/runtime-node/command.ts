// The command as a user has it: built once for a test file, then started as a process of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface Workspace {
  /** With a space in its name. */
  readonly folder: string
  /** Starts `aigw` with these arguments, in the folder, with no environment but PATH and `env`. */
  start(args: readonly string[], options?: StartOptions): Started
  remove(): void
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

export interface Started {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Exit code; a signal's name where one ended it. */
  readonly exit: Promise<number | string>
  /** URLs, once it listens; rejects where it exits before. */
  listening(): Promise<{ readonly url: string; readonly admin: string }>
}

export function createWorkspace({ version = '' } = {}): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'aigw cli '))
  const build = [
    join(root, 'runtime-node/build.mjs'),
    '--only-command',
    '--out',
    join(folder, 'dist'),
  ]
  execFileSync(process.execPath, build, { env: { ...process.env, AIGW_VERSION: version } })
  cpSync(join(root, 'defaults'), join(folder, 'defaults'), { recursive: true })
  mkdirSync(join(folder, 'home'))
  const running = new Set<ChildProcess>()

  return {
    folder,
    start(args, { env = {}, stdin } = {}) {
      const child = spawn(process.execPath, [join(folder, 'dist', 'aigw.js'), ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: join(folder, 'home'), ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      running.add(child)
      return watch(child, stdin, () => running.delete(child))
    },
    remove() {
      for (const child of running) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function watch(child: ChildProcess, stdin: string | undefined, ended: () => void): Started {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin?.end(stdin)
  const exit = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      ended()
      resolve(code ?? signal ?? 'nothing')
    })
  })
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exit,
    listening: () =>
      new Promise((resolve, reject) => {
        const look = () => {
          const [, url, admin] = /listening on (\S+) \(admin (\S+)\) after .*\n/.exec(stderr) ?? []
          if (url !== undefined && admin !== undefined) resolve({ url, admin })
        }
        look()
        child.stderr?.on('data', look)
        exit.then((code) => reject(new Error(`exited with ${code}: ${stderr}`)))
      }),
  }
}
