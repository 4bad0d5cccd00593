// A machine for the command line: nothing of it is real but the files below a folder that the test made.
import { posix } from 'node:path'
import type { Output, System } from '../../runtime-node/system.ts'

export interface CapturedOutput extends Output {
  text(): string
}

export interface FakeSystem extends System {
  readonly stdout: CapturedOutput
  readonly stderr: CapturedOutput
  /** As a signal would. */
  stop(signal?: string): void
  /** Moves `uptime()`. */
  advance(ms: number): void
}

export function createFakeSystem(
  overrides: Partial<System> & { readonly stdin?: string; readonly terminal?: boolean } = {},
): FakeSystem {
  const { stdin = '', terminal = false, ...rest } = overrides
  const listeners = new Set<(signal: string) => void>()
  let uptime = 0
  return {
    env: {},
    workingDirectory: '/work',
    home: '/home/ada',
    temporary: '/tmp',
    uid: 1000,
    path: posix,
    pid: 4242,
    readStdin: () => Promise.resolve(stdin),
    uptime: () => uptime,
    microseconds: () => 1_700_000_000_123_456,
    onStop(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onStrayRejection: () => () => {},
    onReload: () => () => {},
    watchDirectory: () => () => {},
    schedule: () => () => {},
    ...rest,
    stdout: captureOutput(terminal),
    stderr: captureOutput(terminal),
    stop(signal = 'SIGTERM') {
      for (const listener of listeners) listener(signal)
    },
    advance(ms) {
      uptime += ms
    },
  }
}

function captureOutput(isTerminal: boolean): CapturedOutput {
  let written = ''
  return {
    isTerminal,
    write(text) {
      written += text
    },
    text: () => written,
  }
}
