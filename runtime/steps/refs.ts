/**
 * The files and folders that steps read and make, as references in a plan. The bash of the steps follows the
 * same rules (shell/places.sh).
 */
import { posix } from 'node:path'
import { cacheFolder, notSources, outputFolder, ownOrProject as ownOrProjectPath } from '../model/paths.ts'
import type { PathRef } from '../model/plan.ts'
import type { StepFacts } from '../plan/step.ts'

/** Names that never count, in any folder. */
export const NOISE = ['node_modules', '.git', '.DS_Store', '*.log']

export function file(path: string): PathRef {
  return { declared: path, path: posix.normalize(path), glob: false }
}

/** A file that may be absent. */
export function optional(path: string): PathRef {
  return { ...file(path), optional: true }
}

/** A folder that may be absent, without NOISE. `ignore`: more names to ignore, as in a PathRef. */
export function folder(path: string, ignore: readonly string[] = []): PathRef {
  const ref = optional(path)
  return { ...ref, ignore: [...NOISE, ...notSources(ref.path), ...ignore] }
}

/** Files and folders of the BSP's own cache. */
export const inCache =
  (...names: string[]) =>
  ({ bspName }: StepFacts): PathRef[] =>
    names.map(name => file(`${cacheFolder(bspName)}/${name}`))

/** A path of bsp.yaml that is relative to the BSP's folder, with or without `./`. */
export function own({ bspFolder }: Pick<StepFacts, 'bspFolder'>, path: string): PathRef {
  return file(posix.join(bspFolder, path))
}

/** A source in the project, not on the network: `./x`, `../x`, `.`. `base` is the folder that `./` means. */
export function localSource(source: string | undefined, base: string): PathRef[] {
  if (source === undefined || !(source === '.' || /^\.\.?\//.test(source)) || source.includes('#')) return []
  return [{ ...folder(posix.join(base, source)), optional: false }]
}

/** Relative to the BSP with `./`, otherwise to the project. */
export function ownOrProject({ bspFolder }: Pick<StepFacts, 'bspFolder'>, path: string): PathRef {
  return file(ownOrProjectPath(path, bspFolder))
}

/** Relative to the BSP with `./` or `../`, to its build folders with `cache/` or `output/`, otherwise to dist/. */
export function placed(facts: StepFacts, path: string): PathRef {
  if (/^\.\.?\//.test(path)) return own(facts, path)
  if (path.startsWith('cache/')) return file(`${cacheFolder(facts.bspName)}/${path.slice('cache/'.length)}`)
  if (path.startsWith('output/'))
    return file(`${outputFolder(facts.bspName)}/${path.slice('output/'.length)}`)
  return file(posix.join('dist', path))
}
