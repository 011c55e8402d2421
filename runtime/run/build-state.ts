/** The state that earlier builds left: read at the start of a build and of a dry run. */
import { join } from 'node:path'
import { FileStates } from '../cache/file-states.ts'
import { HashMemo, hashText } from '../cache/hash-memo.ts'
import type { KnownBuilders } from '../cache/known-builders.ts'
import { Manifest } from '../cache/manifest.ts'
import { Records } from '../cache/records.ts'
import { putFirstVersionsBack } from '../chains/history.ts'
import { KeptVersions } from '../chains/kept-versions.ts'
import { findLeftovers, type Leftover, viewWithout } from '../chains/leftovers.ts'
import type { CachePolicy } from '../decide/decide.ts'
import { Forecast } from '../decide/forecast.ts'
import { cacheFolder, outputFolder } from '../model/paths.ts'
import type { BuilderRef, Plan } from '../model/plan.ts'
import type { Pipeline } from '../plan/pipeline.ts'
import type { Relations } from '../plan/relations.ts'
import type { Report } from '../report/events.ts'
import { makeFolder } from '../state/folder.ts'
import { removeWhole } from '../state/remove.ts'

export interface BuildOptions {
  readonly root: string
  readonly plan: Plan
  readonly pipeline: Pipeline
  readonly relations: Relations
  readonly selection: ReadonlySet<number>
  readonly policy: CachePolicy
  /** How many nodes may run at once. */
  readonly jobs: number
  readonly report: Report
  /** Known states of files, and their remembered hashes. */
  readonly fileStates: FileStates
  readonly memo: HashMemo
  /** Known identities of builder images. */
  readonly builders: KnownBuilders
  /** Values for dist/output/{bsp}/.build-info.json, written after a complete build. */
  readonly info: { readonly projectVersion: string; readonly struxVersion: string }
}

/** The state from which a dry run and a build begin. */
export interface BuildState {
  readonly forecast: Forecast
  readonly manifest: Records
  readonly kept: KeptVersions
  /** What earlier builds left that a clean build would not have. Until it is reset, `fileStates` look past it. */
  readonly leftovers: readonly Leftover[]
}

/** Reads the state of earlier builds. Changes nothing, because dry runs use it too. */
export async function readBuildState({
  root,
  plan,
  relations,
  selection,
  policy,
  pipeline,
  report,
  fileStates,
  builders,
}: BuildOptions): Promise<BuildState> {
  const manifest = new Records(root, plan)
  for (const damage of manifest.damages) {
    const message = `the record of earlier builds cannot be used and counts as empty: ${damage}`
    report({ type: 'notice', level: 'warning', message })
  }
  const kept = new KeptVersions(root, plan.bsp)
  const leftovers = await findLeftovers({
    ...{ plan, manifest, kept, fileStates, selection },
    changedBy: relations.changedBy,
  })
  fileStates.lookPast(viewWithout(leftovers, { kept, plan, fileStates }))
  const bodyHash = (name: string) => {
    const body = pipeline.bodies[name]
    return body && hashText(body.source)
  }
  const builderId = ({ builder }: { builder: BuilderRef }) => builders.identity(builder)
  const found = { plan, relations, selection, manifest, kept, policy, fileStates }
  const forecast = new Forecast({ ...found, bodyHash, builderId })
  return { forecast, manifest, kept, leftovers }
}

/** Creates the folders below dist/ that scripts may rely on. */
export function makeFolders(root: string, bsp: string): void {
  for (const folder of ['dist/artifacts', cacheFolder(bsp), outputFolder(bsp)]) {
    makeFolder(join(root, folder))
  }
}

/** Deletes the state that earlier builds of a BSP left for later ones. The caller holds the BSP's lock. */
export async function cleanCache(root: string, bsp: string): Promise<void> {
  const folder = join(root, cacheFolder(bsp))
  const fileStates = new FileStates(root, new HashMemo(join(folder, '.file-hashes.json')))
  const manifest = new Manifest(join(folder, '.build-cache.json'))
  await putFirstVersionsBack(bsp, { manifest, fileStates, kept: new KeptVersions(root, bsp) })
  removeWhole(folder)
}
