/** Inputs from the BSP for steps that use the kernel's build system: configuration fragments and device trees. */
import { posix } from 'node:path'
import type { PathRef } from '../../model/plan.ts'
import type { StepFacts } from '../../plan/step.ts'
import { entries, type Keys, named } from '../named.ts'
import { NOISE, own } from '../refs.ts'

/** The entries of `fragments` that name a file; other entries are the fragment's text. */
export function fragmentFiles(
  facts: StepFacts,
  fragments: readonly string[] | undefined,
  keys: Keys,
): PathRef[] {
  return entries(fragments, keys)
    .filter(([entry]) => entry.startsWith('./') || /^[^/\n]+\.config$/.test(entry))
    .map(([path, at]) => named(own(facts, path), 'fragment', at))
}

/**
 * The device trees that are files of the BSP, with the files that they may include. A bare name is a device
 * tree of the source.
 */
export function deviceTreeFiles(
  facts: StepFacts,
  trees: string | readonly string[] | undefined,
  keys: Keys,
): PathRef[] {
  const files = entries(trees, keys).filter(([entry]) => entry.startsWith('./'))
  return [
    ...files.map(([path, at]) => named(own(facts, path), 'device tree', at)),
    ...files.map(([path]) => besideDeviceTree(facts, path)),
  ]
}

/** The files that a device tree of the BSP may include without declaring them: those in its folder and below. */
function besideDeviceTree({ bspFolder }: StepFacts, path: string): PathRef {
  const place = posix.join(bspFolder, posix.dirname(path)).replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&')
  const pattern = `${place}/**/*.{dts,dtsi,dtso,h}`
  return { declared: pattern, path: pattern, glob: true, optional: true, ignore: NOISE }
}
