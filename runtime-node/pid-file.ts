// `<runtime-dir>/<run-id>.pid`: for scripts that want to signal one of several gateways.
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Logger } from '../src/index.ts'
import { messageOf } from './exit-errors.ts'
import type { System } from './system.ts'

/** Returns what removes it. A directory that cannot be used is a line in the log, nothing more. */
export function writePidFile(
  { directory, runId, log }: { directory: string; runId: string; log: Logger },
  { path, pid, uid }: Pick<System, 'path' | 'pid' | 'uid'>,
): () => void {
  const file = path.join(directory, `${runId}.pid`)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // In a /tmp that all share, someone else may have made it first, or a link in its place.
    const found = lstatSync(directory)
    if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
      throw new Error('not a directory of our own')
    }
    writeFileSync(file, `${pid}\n`, { mode: 0o600 })
  } catch (error) {
    log('info', 'no pid file', { path: file, error: messageOf(error) })
    return () => {}
  }
  return () => rmSync(file, { force: true })
}
