/** `strux log`: the output of the last run of a script or step. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { resultStream } from '../authored/guard.ts'
import { StruxError } from '../diagnostics/error.ts'
import { findNode } from '../plan/selection.ts'
import { logFile } from '../state/node-log.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor } from './terminal.ts'
import { namedBsp, openWorkspace, projectRoot } from './workspace.ts'

interface LogFlags extends GlobalOptions {
  readonly bsp?: string
}

export function logCommand(program: Command): void {
  program
    .command('log')
    .argument('<id>', 'a script or step; strux plan lists the ids')
    .description('show the output of the last run of a script or step')
    .option('--bsp <name>', "the BSP (default: the project's)")
    .action((id: string, _: unknown, self: Command) => log(id, self.optsWithGlobals<LogFlags>()))
}

async function log(id: string, flags: LogFlags): Promise<void> {
  const root = projectRoot(flags.project)
  const bsp = await namedBsp(root, flags.bsp)
  // Errors in the current definitions must not hide existing logs.
  const written = existsSync(join(root, logFile(bsp, id)))
  await showLog(root, bsp, written ? id : await plannedId(id, bsp, flags))
}

/** Prints the log of a node's last run. Throws a StruxError if it has not run yet. */
export async function showLog(root: string, bsp: string, id: string): Promise<void> {
  const path = logFile(bsp, id)
  if (!existsSync(join(root, path))) {
    throw new StruxError(`${id} of ${bsp} has not run yet, so there is no log of it`, {
      hint: `strux build ${bsp} runs it.`,
    })
  }
  const when = statSync(join(root, path)).mtime.toLocaleString('sv-SE')
  process.stderr.write(`${colorsFor(process.stderr).dim(`${path}, last written ${when}`)}\n`)
  await pipeline(createReadStream(join(root, path)), resultStream(), { end: false })
}

/** The id of a node given by id or hook. Throws a StruxError if there is none. */
async function plannedId(id: string, bsp: string, { project }: LogFlags): Promise<string> {
  const { plan } = await openWorkspace(project, bsp)
  const node = findNode(plan, id)
  if (!plan.flash.some(each => each.id === node.id)) return node.id
  throw new StruxError(`${node.id} has no log: it runs in your terminal`, { hint: 'strux flash runs it.' })
}
