/** The step names of the tool that `strux.yaml` comes from. Source: its table of cached steps. */
import type { StepName } from '../../lib/hooks/build.ts'

const OWN: ReadonlyMap<string, StepName> = new Map([
  ['rootfs-base', 'rootfs'],
  ['rootfs-post', 'rootfs_post'],
])
const ORIGINAL: ReadonlyMap<string, string> = new Map([...OWN].map(([original, own]) => [own, original]))

/**
 * Names that are valid there. Its step `screen` has no counterpart here: the program that it builds is not part
 * of images.
 */
export const ORIGINAL_NAMES: readonly string[] = [...OWN.keys(), 'screen']

/** Converts a name of either tool to our id; other text stays as it is. */
export const ownName = (name: string): string => OWN.get(name) ?? name

/** Converts our id to the other tool's name; other text stays as it is. */
export const originalName = (name: string): string => ORIGINAL.get(name) ?? name
