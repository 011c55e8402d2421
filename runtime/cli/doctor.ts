/** `strux doctor`: whether this machine can build, and with `--fix` what can be mended by itself. */
import type { Command } from 'commander'
import type { GlobalOptions } from './options.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'

interface DoctorFlags extends GlobalOptions {
  readonly json?: boolean
  readonly fix?: boolean
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check what builds need on this machine: engine, privileges, builder images, disk space')
    .option('--fix', 'as root on Debian or Ubuntu: install and start a container engine where none answers')
    .option('--json', 'for other programs')
    .action((_: unknown, self: Command) => doctor(self.optsWithGlobals<DoctorFlags>()))
}

async function doctor(flags: DoctorFlags): Promise<void> {
  if (flags.fix) {
    const { installEngine } = await import('../execute/install-engine.ts')
    await installEngine(message => process.stderr.write(`${message}\n`))
  }
  const { examine } = await import('../execute/doctor.ts')
  const checks = await examine({
    projectRoot: flags.project ?? process.cwd(),
    caller: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  })
  const ok = checks.every(check => check.ok !== 'no')
  if (!ok) process.exitCode = 1
  if (flags.json) return printJson({ ok, checks })
  const colors = colorsFor(process.stdout)
  const marks = { yes: colors.green('ok     '), warning: colors.yellow('warning'), no: colors.red('missing') }
  for (const check of checks) {
    printLine(`${marks[check.ok]}  ${check.name}: ${check.detail}`)
    if (check.hint && check.ok !== 'yes') printLine(`         ${colors.cyan('hint:')} ${check.hint}`)
  }
}
