/** Commands about a BSP's surroundings: `flash`, `shell`, `clean`. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { acquireLock } from '../cache/lock.ts'
import { flashFolder } from '../plan/environment.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'
import { findNode } from '../plan/selection.ts'
import { StruxError } from '../report/error.ts'
import { flash } from '../run/flash.ts'
import { cancellation } from './cancel.ts'
import { openShell } from './executor.ts'
import { lockFolder, lockName } from './locks.ts'
import type { GlobalOptions } from './options.ts'
import { openSession, projectRoot } from './session.ts'
import { colorsFor, printLine } from './terminal.ts'

interface MachineFlags extends GlobalOptions {
  readonly at?: string
  readonly all?: boolean
  readonly wait?: boolean
}

export function machineCommands(program: Command): void {
  program
    .command('flash')
    .argument('[bsp]', "the BSP; the project's default otherwise")
    .description('run the flash scripts of a BSP on this machine: tool scripts first')
    .action(async (bsp: string | undefined, _: unknown, self: Command) => {
      const { root, plan } = await openSession(self.optsWithGlobals<MachineFlags>().project, bsp)
      const colors = colorsFor(process.stderr)
      const say = (node: { title: string; id: string }) =>
        process.stderr.write(`${colors.cyan('run')}   ${node.title} [${node.id}]\n`)
      await flash(root, plan, say, cancellation())
    })
  program
    .command('shell')
    .argument('[bsp]', "the BSP; the project's default otherwise")
    .description('a shell in the builder container, with the environment of a script or step')
    .option('--at <id>', 'the script or step; without it the first of the plan')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      shell(bsp, self.optsWithGlobals<MachineFlags>()),
    )
  program
    .command('clean')
    .argument('[bsp]', "the BSP; the project's default otherwise")
    .description('delete what builds of a BSP left: its cache, output and flash workspace')
    .option('--all', "delete all of the project's dist folder")
    .option('--no-wait', 'fail at once if a build of the BSP is under way')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      clean(bsp, self.optsWithGlobals<MachineFlags>()),
    )
}

async function shell(bsp: string | undefined, flags: MachineFlags): Promise<void> {
  const session = await openSession(flags.project, bsp)
  const node = flags.at === undefined ? session.plan.nodes[0] : findNode(session.plan, flags.at)
  if (!node) throw new StruxError(`the plan of ${session.plan.bsp} is empty`)
  if (node.runs_in === 'host') {
    throw new StruxError(`${node.id} runs on this machine, not in a container`, {
      hint: 'Use your own shell.',
    })
  }
  process.exitCode = await openShell(session, node)
}

async function clean(bsp: string | undefined, flags: MachineFlags): Promise<void> {
  const root = projectRoot(flags.project)
  // The definitions need not be in order for this, only the name has to be known.
  const name = bsp ?? (flags.all ? undefined : (await openSession(flags.project, undefined)).plan.bsp)
  if (name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new StruxError(`'${name}' is no name of a BSP`, { exitCode: 2 })
  }
  const lock =
    name === undefined
      ? undefined
      : await acquireLock(lockFolder(root, lockName(name)), {
          what: `BSP ${name}`,
          command: `strux clean ${name}`,
          noWait: flags.wait === false,
          signal: cancellation(),
          waiting: holder => process.stderr.write(`waiting for ${holder.command} (process ${holder.pid})\n`),
        })
  const folders = name === undefined ? ['dist'] : [cacheFolder(name), outputFolder(name), flashFolder(name)]
  try {
    for (const folder of folders) rmSync(join(root, folder), { recursive: true, force: true })
  } finally {
    lock?.release()
  }
  printLine(`deleted ${folders.join(', ')}`)
}
