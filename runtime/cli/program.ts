/** The `strux` command: options, commands, exit codes. Each command loads what it needs when it runs. */
import { Command, CommanderError } from 'commander'
import { claimProcess, endProcess, resultStream } from '../authored/guard.ts'
import { selfVersion } from '../state/own-package.ts'
import { terminalCommands } from './at-terminal.ts'
import { buildCommand } from './build.ts'
import { builderCommands } from './builder.ts'
import { buildrootCommand } from './buildroot.ts'
import { cleanCommand } from './clean.ts'
import { doctorCommand } from './doctor.ts'
import { editCommands } from './edit.ts'
import { commandsElsewhere } from './elsewhere.ts'
import { exportCommand } from './export.ts'
import { extensionsCommand } from './extensions.ts'
import { hooksCommand } from './hooks.ts'
import { importCommand } from './import.ts'
import { initCommand } from './init.ts'
import { inspectCommands } from './inspect.ts'
import { legalInfoCommand } from './legal-info.ts'
import { logCommand } from './log.ts'
import { newCommands } from './new.ts'
import { packageCommand } from './package.ts'
import { runCommands } from './run.ts'
import { schemaCommand } from './schema.ts'
import { printDiagnostics, printError } from './terminal.ts'

const EXIT_CODES = `
Exit codes: 0 success; a failed script's own code; 1 other failures; 2 wrong use; 130 and 143 after Ctrl-C and SIGTERM.
Colours respect NO_COLOR and FORCE_COLOR. Documentation: docs/ in the package.`

function createProgram(): Command {
  const program = new Command('strux')
    .description('Builds board support packages that are written in TypeScript or YAML.')
    .version(selfVersion(), '-V, --version', 'print the version')
    .option(
      '-C, --project <folder>',
      'the project (default: the nearest strux.config.ts or strux.yaml, from here upwards)',
    )
    .option('-v, --verbose', 'show the output of scripts and why each one runs; show the stacks of errors')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXIT_CODES)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  buildCommand(program)
  inspectCommands(program)
  hooksCommand(program)
  extensionsCommand(program)
  logCommand(program)
  packageCommand(program)
  buildrootCommand(program)
  legalInfoCommand(program)
  runCommands(program)
  terminalCommands(program)
  cleanCommand(program)
  initCommand(program)
  newCommands(program)
  editCommands(program)
  importCommand(program)
  schemaCommand(program)
  exportCommand(program)
  builderCommands(program)
  doctorCommand(program)
  commandsElsewhere(program)
  for (const command of program.commands) command.exitOverride().configureHelp({ showGlobalOptions: true })
  return program
}

/** Runs the command line of this process, and ends the process. */
export async function runProgram(): Promise<void> {
  // The reader of the output, such as `head`, may close the pipe early.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') endProcess(Number(process.exitCode ?? 0))
    throw error
  })
  const program = createProgram()
  claimProcess(error => void endAt(error, program.opts().verbose ?? false))
  try {
    await program.parseAsync()
  } catch (error) {
    // Commander has already printed its message or the help.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else process.exitCode = printError(error, program.opts().verbose ?? false)
  }
  // Wait for slow pipes. Then exit, because keep-alive connections would hold the process.
  for (const stream of [resultStream(), process.stderr]) await written(stream)
  endProcess(Number(process.exitCode ?? 0))
}

/** Ends the command at an error that nobody caught: one of strux, or of an author's code in a timer or a promise. */
async function endAt(error: unknown, verbose: boolean): Promise<never> {
  const { strayError } = await import('../load/evaluate.ts')
  const found = await strayError(error)
  if (found) printDiagnostics([found.diagnostic], found.root)
  else printError(error, verbose)
  for (const stream of [resultStream(), process.stderr]) await written(stream)
  return endProcess(1)
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()))
}
