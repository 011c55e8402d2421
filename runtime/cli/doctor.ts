/** `strux doctor`: checks whether this machine can build; `--fix` repairs it where possible. */
import type { Command } from 'commander'
import type { Check } from '../execute/doctor/doctor.ts'
import { loadProject } from '../load/project.ts'
import { missingQemu, QEMU_PACKAGES } from '../qemu/files.ts'
import { hasDesktop, WINDOW_PACKAGE } from '../qemu/window.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'
import { projectRoot } from './workspace.ts'

interface DoctorFlags extends GlobalOptions {
  readonly json?: boolean
  readonly fix?: boolean
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      "check this machine's requirements for builds: engine, privileges, builder images, disk space",
    )
    .option(
      '--fix',
      'as root on Debian or Ubuntu: install and start a missing container engine, and install missing QEMU',
    )
    .option('--json', 'print JSON')
    .action((_: unknown, self: Command) => doctor(self.optsWithGlobals<DoctorFlags>()))
}

async function doctor(flags: DoctorFlags): Promise<void> {
  if (flags.fix) {
    const { installEngine } = await import('../execute/doctor/install-engine.ts')
    const notice = (message: string) => process.stderr.write(`${message}\n`)
    await installEngine(notice)
    if (missingQemu().length > 0) {
      const { installPackages } = await import('../execute/doctor/install-packages.ts')
      const windows = hasDesktop(process.env) ? [WINDOW_PACKAGE] : []
      await installPackages('QEMU', [...QEMU_PACKAGES, ...windows], notice)
    }
  }
  const { examine } = await import('../execute/doctor/doctor.ts')
  const checks = await examine({
    ...(await surroundings(flags.project)),
    caller: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  })
  checks.push(checkQemu())
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

function checkQemu(): Check {
  const missing = missingQemu()
  const name = 'QEMU'
  if (missing.length === 0) return { name, ok: 'yes', detail: 'starts images of every architecture' }
  const hint = `On Debian and Ubuntu: apt-get install ${QEMU_PACKAGES.join(' ')}.`
  return { name, ok: 'warning', detail: `strux run and strux test cannot start ${missing.join(', ')}`, hint }
}

/** The project's folder and mirror, if there is a readable project; `doctor` works anywhere. */
async function surroundings(folder: string | undefined): Promise<{ projectRoot: string; mirror?: string }> {
  try {
    const root = projectRoot(folder)
    const mirror = (await loadProject(root)).value?.config.builder?.mirror
    return { projectRoot: root, ...(mirror === undefined ? {} : { mirror }) }
  } catch {
    return { projectRoot: folder ?? process.cwd() }
  }
}
