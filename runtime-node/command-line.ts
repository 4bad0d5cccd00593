// The command line: which command with which flags, and what the shell gets back.
import { Command, CommanderError, Option } from 'commander'
import { readBuiltInConfig, readResourceSchema } from './built-in-config.ts'
import { exitCodes, messageOf, UsageError } from './exit-errors.ts'
import {
  type AdminFlags,
  type RunFlags,
  type RunSettings,
  resolveAdminSettings,
  resolveRunSettings,
  resolveValidateSettings,
  type ValidateFlags,
} from './settings.ts'
import type { System } from './system.ts'
import { versionLine } from './version.ts'

/** Loaded when it is asked for: the other commands do without the gateway. */
export type LoadRun = () => Promise<(settings: RunSettings, system: System) => Promise<number>>

const loadRun: LoadRun = async () => (await import('./run.ts')).run

/** Runs the command that `args` (without the program's name) ask for and returns the exit code. Never rejects. */
export async function runCommandLine(
  args: readonly string[],
  system: System,
  load: LoadRun = loadRun,
): Promise<number> {
  try {
    const command = chooseCommand(args, system, load)
    return await command()
  } catch (error) {
    if (error instanceof UsageError) {
      system.stderr.write(`aigw: error: ${error.message}\n`)
      return exitCodes.usage
    }
    system.stderr.write(`Error running: ${messageOf(error)}\n`)
    return exitCodes.failed
  }
}

/** Of Envoy AI Gateway's command. */
interface McpFlags {
  readonly mcpConfig?: string
  readonly mcpJson?: string
}

interface ShowFlags {
  readonly showDefault?: boolean
  readonly showConfig?: boolean
}

type Chosen = () => number | Promise<number>

function chooseCommand(args: readonly string[], system: System, load: LoadRun): Chosen {
  let chosen: Chosen = () => exitCodes.ok
  const program = createProgram(system, load, (command) => {
    chosen = command
  })
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help has been printed.
    if (error.exitCode === 0) return () => exitCodes.ok
    throw new UsageError(describeParseError(error))
  }
  return chosen
}

function createProgram(system: System, load: LoadRun, choose: (command: Chosen) => void): Command {
  const { stdout, stderr, env } = system
  const program = new Command('aigw')
    .description(
      'An AI gateway: Envoy AI Gateway resources in, one endpoint for all providers out.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Said once, in our own words, by runCommandLine.
      outputError: () => {},
    })
    .allowExcessArguments()
    .option('--version', 'print the version')
    .option('--config-home <dir>', 'where config.yaml is looked for (AIGW_CONFIG_HOME)')
    .option('--data-home <dir>', 'accepted for compatibility (AIGW_DATA_HOME)')
    .option('--state-home <dir>', 'where runs keep their logs (AIGW_STATE_HOME)')
    .option('--runtime-dir <dir>', 'where runs keep their pid files (AIGW_RUNTIME_DIR)')
    .action((_, command: Command) => {
      const [unexpected] = command.args
      if (unexpected === undefined && command.opts<{ version?: true }>().version) {
        choose(print(system, versionLine))
        return
      }
      throw new UsageError(
        unexpected === undefined
          ? 'expected one of "run", "validate", "schema", "healthcheck", "version", "download-envoy"'
          : `unexpected argument ${unexpected}`,
      )
    })

  program
    .command('run')
    .description('start the gateway')
    .argument('[path]', 'configuration: a file, a directory of files, or - for standard input')
    .option('--show-default', 'print the built-in configuration and exit')
    .option('--show-config', 'print the resources in effect, without credentials, and exit')
    .option(
      '--simulate',
      'answer in the place of all providers, with no key and no network (AIGW_SIMULATE)',
    )
    .option(
      '--simulate-rate <number>',
      'tokens per second of simulated streams; 0: no pause (default: 60)',
    )
    .option('--simulate-delay <duration>', 'time to the first simulated token (default: 150ms)')
    .option('--host <address>', 'address to listen on (default: loopback; AIGW_HOST)')
    .option('--port <port>', "in place of the first listener's port (AIGW_PORT)")
    .option(
      '--admin-host <address>',
      'address of the admin server (default: loopback; AIGW_ADMIN_HOST)',
    )
    .option('--admin-port <port>', 'port of the admin server (default: 1064; AIGW_ADMIN_PORT)')
    .option(
      '--drain-timeout <duration>',
      'how long requests may take to finish at the end (default: 30s)',
    )
    .option('--log-format <format>', 'text or json (default: text)')
    .option('--debug', 'log everything, and to stderr too (AIGW_DEBUG)')
    .option(
      '--debug-log-bodies',
      'with --debug: prompts and answers as they are, not redacted (AIGW_DEBUG_LOG_BODIES)',
    )
    .option(
      '--plain-errors',
      "the gateway's own errors as plain sentences, where Envoy has them so (AIGW_PLAIN_ERRORS)",
    )
    .option('--strict', 'refuse fields that are not known')
    .option('--no-watch', 'do not look for changes of the configuration; SIGHUP still works')
    .option('--run-id <id>', 'name of the run directory (default: the time; AIGW_RUN_ID)')
    .addOption(new Option('--mcp-config <path>').hideHelp())
    .addOption(new Option('--mcp-json <json>').hideHelp())
    .action((path: string | undefined, _, command: Command) => {
      refuseMoreThan(1, command)
      const flags: RunFlags & ShowFlags & McpFlags = command.optsWithGlobals()
      refuseMcp(flags)
      if (flags.showDefault === true) {
        return choose(print(system, readBuiltInConfig))
      }
      choose(async () => {
        const settings = resolveRunSettings(path, flags, system)
        if (flags.showConfig === true) {
          const { showConfig } = await import('./show-config.ts')
          return showConfig(settings, system)
        }
        return (await load())(settings, system)
      })
    })

  program
    .command('validate')
    .description('say all that is wrong with a configuration, and exit with 1 when anything is')
    .argument('[path]', 'as for run')
    .option('--format <format>', 'text, json or sarif (default: text)')
    .option('--strict', 'refuse fields that are not known')
    .action((path: string | undefined, _, command: Command) => {
      refuseMoreThan(1, command)
      const flags: ValidateFlags = command.optsWithGlobals()
      choose(async () => {
        const settings = resolveValidateSettings(path, flags, system)
        const { validate } = await import('./validate.ts')
        return validate(settings, system)
      })
    })

  program
    .command('schema')
    .description('print the JSON Schema of the resources, for editors')
    .action((_, command: Command) => {
      refuseMoreThan(0, command)
      choose(print(system, readResourceSchema))
    })

  program
    .command('healthcheck')
    .description('exit with 0 when a gateway on this machine is up, else with 1')
    .option('--admin-host <address>', 'address of its admin server (AIGW_ADMIN_HOST)')
    .option('--admin-port <port>', 'port of its admin server (default: 1064; AIGW_ADMIN_PORT)')
    .action((flags: AdminFlags, command: Command) => {
      refuseMoreThan(0, command)
      choose(async () => {
        const settings = resolveAdminSettings(flags, env)
        const { checkHealth } = await import('./healthcheck.ts')
        const problem = await checkHealth(settings)
        if (problem === undefined) return exitCodes.ok
        stderr.write(`Health check failed: ${problem}\n`)
        return exitCodes.failed
      })
    })

  program
    .command('version')
    .description('print the version')
    .action((_, command: Command) => {
      refuseMoreThan(0, command)
      choose(print(system, versionLine))
    })

  program
    .command('download-envoy')
    .description('accepted for compatibility: this gateway needs no proxy')
    .action((_, command: Command) => {
      refuseMoreThan(0, command)
      choose(print(system, () => 'nothing to download\n'))
    })

  // Each command inherits the output settings, but not this one.
  for (const command of program.commands) command.allowExcessArguments()
  return program
}

function refuseMcp({ mcpConfig, mcpJson }: McpFlags): void {
  if (mcpConfig !== undefined && mcpJson !== undefined) {
    throw new UsageError('run: mcp-config and mcp-json are mutually exclusive')
  }
  if (mcpConfig === undefined && mcpJson === undefined) return
  const flag = mcpConfig === undefined ? '--mcp-json' : '--mcp-config'
  throw new UsageError(`run: ${flag} is not supported yet: no MCP endpoint is served`)
}

function print({ stdout }: System, text: () => string): Chosen {
  return () => {
    stdout.write(text())
    return exitCodes.ok
  }
}

function refuseMoreThan(count: number, { args }: Command): void {
  const unexpected = args[count]
  if (unexpected !== undefined) throw new UsageError(`unexpected argument ${unexpected}`)
}

/** The words of Envoy AI Gateway's command, which scripts and people know. */
function describeParseError({ code, message }: CommanderError): string {
  const [, flag = ''] = /'(?:-\w, )?([^' =]+)/.exec(message) ?? []
  if (code === 'commander.unknownOption') {
    const [, similar] = /Did you mean (?:one of )?([^)?,]+)/.exec(message) ?? []
    return `unknown flag ${flag}${similar === undefined ? '' : `, did you mean "${similar}"?`}`
  }
  if (code === 'commander.optionMissingArgument') return `${flag}: missing value`
  return message.replace(/^error: /, '')
}
