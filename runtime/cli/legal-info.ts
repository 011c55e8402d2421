/** `strux legal-info`: licences, sources and a bill of materials of a built BSP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { decide } from '../engine.ts'
import { suiteOf } from '../plan/suite.ts'
import type { Workspace } from '../run/workspace.ts'
import type { GlobalOptions } from './options.ts'
import { printJson, printLine, printNotice } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface LegalFlags extends GlobalOptions {
  readonly out?: string
  readonly json?: boolean
}

export function legalInfoCommand(program: Command): void {
  program
    .command('legal-info')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('collect licences and sources of a built BSP, and its bill of materials in CycloneDX')
    .option('--out <folder>', 'the target folder (default: dist/legal-info/BSP in the project)')
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      legalInfo(bsp, self.optsWithGlobals<LegalFlags>()),
    )
}

async function legalInfo(name: string | undefined, flags: LegalFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, name)
  const { root, project, bsp, plan } = workspace
  const out = flags.out === undefined ? join(root, 'dist/legal-info', plan.bsp) : resolve(flags.out)
  const { collect } = await import('../legal/collect.ts')
  const { writeLegalInfo } = await import('../legal/write.ts')
  const missing: string[] = []
  const built = {
    ...{
      root,
      plan,
      project: project.config,
      bsp: bsp.data,
      folder: bsp.folder,
      packages: bsp.packages ?? [],
    },
    ...{ suite: suiteOf(project.config), missing: (message: string) => missing.push(message) },
  }
  const scratch = mkdtempSync(join(tmpdir(), 'strux-legal-'))
  try {
    const collected = await collect(built, scratch)
    await tellStale(workspace)
    const image = {
      name: `${project.config.name}-${plan.bsp}`,
      version: project.config.project_version,
      description: bsp.data.description,
      ...epoch(),
    }
    await writeLegalInfo(out, image, collected, missing)
    for (const message of missing) printNotice(`warning: ${message}`)
    const { components } = collected
    const count = (part: string) => components.filter(each => each.part === part).length
    if (flags.json) {
      const listed = components.map(({ name, version, purl, part }) => ({ name, version, purl, part }))
      printJson({ out, bsp: plan.bsp, components: listed, missing })
    } else
      printLine(
        `${shown(out)}: ${count('target')} components on the device, ${count('host')} only for the build`,
      )
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The build may be older than the definition. */
async function tellStale(workspace: Workspace): Promise<void> {
  const decisions = await decide(workspace, { report: () => {} })
  const stale = workspace.plan.nodes.filter(
    (node, index) => node.kind === 'step' && decisions.get(index)?.action === 'run',
  )
  if (stale.length === 0) return
  printNotice(
    `warning: this describes the last build, which is older than the definition: ${stale.map(each => each.id).join(', ')} would run again`,
  )
}

function epoch(): { time?: number } {
  const said = process.env.SOURCE_DATE_EPOCH
  return said !== undefined && /^\d+$/.test(said) ? { time: Number(said) } : {}
}

const shown = (path: string): string => relative(process.cwd(), path) || '.'
