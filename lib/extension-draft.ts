/** The argument of an extension's handler at a configuration hook: values that it may change. */
import type { ConfigBody, LayerBody } from './base.ts'
import type { IMAGE_HOOKS } from './hooks/image.ts'
import type { Sh } from './sh.ts'

/** The hooks that are called while a definition is loaded. */
export type ConfigurationHook = Extract<(typeof IMAGE_HOOKS)[number], { runs_in: 'plan' }>['name']

/** T without `readonly`, at any depth. */
type Writable<T> = T extends Sh
  ? T
  : T extends readonly (infer E)[]
    ? Writable<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Writable<T[K]> }
      : T

/** Keys that are read before the handlers are called. */
type Fixed = 'extends' | 'extensions' | 'skip_hooks' | 'bsps'

/**
 * The definition as far as it is merged. A handler changes it in place. Its paths are relative to the BSP's
 * folder, as in a bsp.ts; `file` gives such a path for a file of the extension.
 */
export interface ConfigurationDraft<O = Readonly<Record<string, unknown>>> {
  readonly extension: string
  readonly options: O
  /** The BSP; at `post_family_config` only what its layers set. */
  bsp: Writable<Omit<LayerBody, Fixed>>
  /** The project. At `post_family_config`, a value that the project sets itself stays as it is. */
  project: Writable<Omit<Partial<ConfigBody>, Fixed>>
  /** The path of a file of the extension, given relative to the extension's folder (`./overlay`). */
  file(path: string): string
}

/** Additional members of the drafts of single hooks. */
interface DraftMembers {
  post_aggregate_packages: {
    /** The complete lists of Debian packages of `rootfs.packages`, to be changed in place. */
    readonly packages: { bsp: string[]; project: string[] }
  }
  post_determine_cthreads: {
    /** The number of parallel jobs of make; a whole number from 1. */
    cthreads: number
  }
  add_host_dependencies: {
    /** Debian packages for the builder images of this BSP, in addition to `build.host_packages`. */
    readonly host: { packages: string[] }
  }
}

/** The draft for a handler of hook H of an extension with options O. */
export type DraftOf<H extends ConfigurationHook, O> = ConfigurationDraft<O> &
  (H extends keyof DraftMembers ? DraftMembers[H] : unknown)
