/** The steps by the names that the tool has for them which `strux.yaml` comes from. Source: its table of cached steps. */
import type { StepName } from '../../lib/hooks/build.ts'

const OWN: ReadonlyMap<string, StepName> = new Map([
  ['rootfs-base', 'rootfs'],
  ['rootfs-post', 'rootfs_post'],
])
const ORIGINAL: ReadonlyMap<string, string> = new Map([...OWN].map(([original, own]) => [own, original]))

/** Names that mean something there. Its step `screen` has no counterpart: the program that it builds is not part of images. */
export const ORIGINAL_NAMES: readonly string[] = [...OWN.keys(), 'screen']

/** The id that a name of either tool stands for; any other text as it is. */
export const ownName = (name: string): string => OWN.get(name) ?? name

/** The name that the other tool knows; any other text as it is. */
export const originalName = (name: string): string => ORIGINAL.get(name) ?? name
