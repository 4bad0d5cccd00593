#!/usr/bin/env node
// The `aigw` command, as it is started from a shell.
import { runCommandLine } from './command-line.ts'
import { messageOf } from './exit-errors.ts'
import { createNodeSystem } from './system.ts'

// A reader that has gone (`aigw run --show-default | head -1`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // EOF is what Windows calls it.
  if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error
})
process.on('uncaughtException', (error) => {
  process.stderr.write(`Error running: ${messageOf(error)}\n`, () => process.exit(1))
})

const code = await runCommandLine(process.argv.slice(2), createNodeSystem())
// Pipes are written behind our back on Windows: leave when they have been.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
