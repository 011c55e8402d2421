/** What is read of the BSP by whatever is built as the kernel is: fragments of a configuration, device trees. */
import { posix } from 'node:path'
import type { PathRef } from '../../model/plan.ts'
import type { StepFacts } from '../../plan/step.ts'
import { entries, type Keys, named } from '../named.ts'
import { NOISE, own } from '../refs.ts'

/** Those entries of `fragments` that name a file; anything else is the fragment itself. */
export function fragmentFiles(
  facts: StepFacts,
  fragments: readonly string[] | undefined,
  keys: Keys,
): PathRef[] {
  return entries(fragments, keys)
    .filter(([entry]) => entry.startsWith('./') || /^[^/\n]+\.config$/.test(entry))
    .map(([path, at]) => named(own(facts, path), 'fragment', at))
}

/** Those device trees that are files of the BSP, with what they may include; a bare name is one of the source tree. */
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

/** The files that a device tree of the BSP may include without a word about it: those beside it and below. */
function besideDeviceTree({ bspFolder }: StepFacts, path: string): PathRef {
  const place = posix.join(bspFolder, posix.dirname(path)).replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&')
  const pattern = `${place}/**/*.{dts,dtsi,dtso,h}`
  return { declared: pattern, path: pattern, glob: true, optional: true, ignore: NOISE }
}
