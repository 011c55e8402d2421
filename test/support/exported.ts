/** Exports of test projects, as the command makes them. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Diagnostic } from '../../runtime/diagnostics/diagnostic.ts'
import { exportAll } from '../../runtime/export/export.ts'
import { type Written, writeExport } from '../../runtime/export/write.ts'
import { diagnose, loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { folderUntilExit } from './temp-folder.ts'

export interface ExportOptions {
  readonly only?: string
  readonly withSources?: boolean
  readonly lossy?: boolean
  readonly force?: boolean
  readonly out?: string
}

export interface Exported {
  readonly out: string
  readonly said: readonly Diagnostic[]
  readonly written: readonly Written[]
  read(path: string): string
  has(path: string): boolean
}

/** As the command does, but for the terminal. Throws where a diagnostic is an error. */
export async function exportProject(root: string, options: ExportOptions = {}): Promise<Exported> {
  const out = options.out ?? join(folderUntilExit('strux-export-'), 'out')
  const loaded = await loadProject(root)
  const names = options.only === undefined ? loaded.bsps.map(each => each.name) : [options.only]
  const bsps = await Promise.all(
    names.map(async name => {
      const found = await loadBsp(loaded, name)
      const { diagnostics, workspace } = await examine(loaded, found)
      assert.ok(workspace, JSON.stringify(diagnostics))
      return { loaded: found, workspace }
    }),
  )
  const { files, ofProject, ofBsps } = await exportAll(
    bsps.map(each => ({ ...each.workspace, source: each.loaded.source })),
    {
      ...{ root, config: loaded.source, out },
      ...{ withSources: options.withSources ?? false, lossy: options.lossy ?? false },
      complete: options.only === undefined,
    },
  )
  const said = [...(await diagnose({ ...loaded, findings: [], diagnostics: [] }, ofProject))]
  for (const each of bsps) {
    const findings = ofBsps.get(each.workspace.bsp.name)!
    said.push(...(await diagnose({ ...each.loaded, findings: [], diagnostics: [] }, findings)))
  }
  const errors = said.filter(each => each.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(each => `${each.code} ${each.message}`).join('\n'))
  const written = writeExport(out, files, options.only === undefined, options.force ?? false)
  return {
    ...{ out, said, written },
    read: path => readFileSync(join(out, path), 'utf8'),
    has: path => existsSync(join(out, path)),
  }
}
