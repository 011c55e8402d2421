/** `strux clean`: deletes the results of builds, while no build runs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import { cacheFolder, outputFolder } from '../model/paths.ts'
import { flashFolder } from '../plan/environment.ts'
import { cleanCache } from '../run/build-state.ts'
import type { Lock, LockOptions } from '../state/lock.ts'
import { logFolder } from '../state/node-log.ts'
import { allButLocks, lockAll, lockBsp } from '../state/project-locks.ts'
import { removeWhole } from '../state/remove.ts'
import { cancellation } from './cancel.ts'
import type { GlobalOptions } from './options.ts'
import { printLine } from './terminal.ts'
import { namedBsp, projectRoot } from './workspace.ts'

interface CleanFlags extends GlobalOptions {
  readonly all?: boolean
  readonly wait: boolean
}

export function cleanCommand(program: Command): void {
  program
    .command('clean')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('delete the results of builds of a BSP: its cache, output, flash workspace and logs')
    .option('--all', "delete the project's whole dist folder")
    .option('--no-wait', 'fail at once if a build is running')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      clean(bsp, self.optsWithGlobals<CleanFlags>()),
    )
}

async function clean(bsp: string | undefined, flags: CleanFlags): Promise<void> {
  const root = projectRoot(flags.project)
  if (flags.all && bsp !== undefined) {
    throw new StruxError('clean takes a BSP or --all, not both', { exitCode: 2 })
  }
  if (flags.all) {
    await whileLocked(
      options => lockAll(root, options),
      flags,
      () => allButLocks(root).forEach(removeWhole),
    )
    printLine('deleted dist')
    return
  }
  const name = await namedBsp(root, bsp)
  const folders = [cacheFolder(name), outputFolder(name), flashFolder(name), logFolder(name)]
  if (!folders.some(folder => existsSync(join(root, folder)))) {
    printLine(`${name} has nothing to delete`)
    return
  }
  await whileLocked(
    options => lockBsp(root, name, options),
    flags,
    async () => {
      await cleanCache(root, name)
      for (const folder of folders) removeWhole(join(root, folder))
    },
  )
  printLine(`deleted ${folders.join(', ')}`)
}

async function whileLocked(
  lock: (options: Omit<LockOptions, 'what'>) => Promise<Lock>,
  flags: CleanFlags,
  work: () => void | Promise<void>,
): Promise<void> {
  const held = await lock({
    command: 'strux clean',
    noWait: !flags.wait,
    signal: cancellation(),
    waiting: holder => process.stderr.write(`waiting for ${holder.command} (process ${holder.pid})\n`),
  })
  try {
    await work()
  } finally {
    held.release()
  }
}
