/** Inputs that a definition names, each with its position in the definition, for messages about a missing file. */
import type { RepositoryData } from '../../lib/schema/repository.ts'
import type { Origin } from '../model/origin.ts'
import type { NamedInput, PathRef } from '../model/plan.ts'
import type { StepFacts } from '../plan/step.ts'
import { own } from './refs.ts'

/** The keys that lead to a value, from the top of the definition. */
export type Keys = readonly (string | number)[]

/** The values of a list, or a single value in place of a list, each with its keys. */
export function entries(value: string | readonly string[] | undefined, keys: Keys): [string, Keys][] {
  if (typeof value === 'string') return [[value, keys]]
  return (value ?? []).map((each, index) => [each, [...keys, index]])
}

/** @param what the kind of input, for people: `patch` */
export function named(
  ref: PathRef,
  what: string,
  keys: Keys,
  { source = 'bsp', kind = 'file', required = true }: Partial<NamedInput & Pick<Origin, 'source'>> = {},
): PathRef {
  return { ...ref, named: { what, kind, required, origin: { source, keys } } }
}

/** Files of the BSP in a list of its definition. */
export function ownFiles(
  facts: StepFacts,
  what: string,
  value: string | readonly string[] | undefined,
  keys: Keys,
  kind: NamedInput['kind'] = 'file',
): PathRef[] {
  return entries(value, keys).map(([path, at]) => named(own(facts, path), what, at, { kind }))
}

/** The packages of a `rootfs` section that are files. */
export function packageFiles(
  packages: readonly string[] | undefined,
  source: Origin['source'],
  refOf: (path: string) => PathRef,
): PathRef[] {
  return entries(packages, ['rootfs', 'packages'])
    .filter(([name]) => name.endsWith('.deb'))
    .map(([path, keys]) => named(refOf(path), 'package', keys, { source }))
}

/** The keys of the additional repositories of a `rootfs` section. */
export function repositoryKeys(
  repositories: readonly RepositoryData[] | undefined,
  source: Origin['source'],
  refOf: (path: string) => PathRef,
): PathRef[] {
  return (repositories ?? []).map(({ key }, index) =>
    named(refOf(key), 'key of a repository', ['rootfs', 'repositories', index, 'key'], { source }),
  )
}

/** A source that lies in the project. */
export function namedSource(
  refs: readonly PathRef[],
  keys: Keys,
  source: Origin['source'] = 'bsp',
): PathRef[] {
  return refs.map(ref => named(ref, 'source', keys, { source, kind: 'file or folder' }))
}
