/** `strux clean`: deletes what builds left, while nobody builds. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { putFirstVersionsBack } from '../cache/first-version.ts'
import { flashFolder } from '../plan/environment.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'
import { StruxError } from '../report/error.ts'
import { acquireLock, type Lock } from '../state/lock.ts'
import { logFolder } from '../state/node-log.ts'
import { bspLock, lockFolder } from '../state/places.ts'
import { cancellation } from './cancel.ts'
import type { GlobalOptions } from './options.ts'
import { namedBsp, projectRoot } from './session.ts'
import { printLine } from './terminal.ts'

interface CleanFlags extends GlobalOptions {
  readonly all?: boolean
  readonly wait: boolean
}

export function cleanCommand(program: Command): void {
  program
    .command('clean')
    .argument('[bsp]', "the BSP; the project's default otherwise")
    .description('delete what builds of a BSP left: its cache, output, flash workspace and logs')
    .option('--all', "delete all of the project's dist folder")
    .option('--no-wait', 'fail at once if a build is under way')
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
    await whileLocked(knownLocks(root), flags, () => remove(root, ['dist']))
    return
  }
  const name = await namedBsp(root, bsp)
  const folders = [cacheFolder(name), outputFolder(name), flashFolder(name), logFolder(name)]
  if (!folders.some(folder => existsSync(join(root, folder)))) {
    printLine(`there is nothing of ${name} to delete`)
    return
  }
  await whileLocked([bspLock(root, name)], flags, () => {
    putFirstVersionsBack(root, name)
    remove(root, folders)
  })
}

function knownLocks(root: string): string[] {
  try {
    return readdirSync(lockFolder(root))
      .sort()
      .map(name => join(lockFolder(root), name))
  } catch {
    return []
  }
}

async function whileLocked(folders: readonly string[], flags: CleanFlags, work: () => void): Promise<void> {
  const signal = cancellation()
  const locks: Lock[] = []
  try {
    for (const folder of folders) {
      const lock = await acquireLock(folder, {
        what: basename(folder).replace(/^bsp-/, 'BSP '),
        command: 'strux clean',
        noWait: !flags.wait,
        signal,
        waiting: holder => process.stderr.write(`waiting for ${holder.command} (process ${holder.pid})\n`),
      })
      locks.push(lock)
    }
    work()
  } finally {
    for (const lock of locks) lock.release()
  }
}

function remove(root: string, folders: readonly string[]): void {
  for (const folder of folders) rmSync(join(root, folder), { recursive: true, force: true })
  printLine(`deleted ${folders.join(', ')}`)
}
