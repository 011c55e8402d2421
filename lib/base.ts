/**
 * The types that an author sees, by short names. Interfaces rather than aliases, so that messages print a name instead of
 * a body; each declares one member anew, because a member-less interface with one base is printed as that base.
 */
import type * as z from 'zod'
import type { Hook } from './hooks/build.ts'
import type { bootloaderSchema, kernelSchema } from './schema/boot.ts'
import type { Arch, bspSchema } from './schema/bsp.ts'
import type { projectSchema } from './schema/project.ts'
import type { projectScriptSchema, scriptSchema } from './schema/script.ts'
import type { Sh } from './sh.ts'

export interface Kernel extends z.input<typeof kernelSchema> {
  /** Whether to build a kernel for this board. Otherwise Debian's is used, and the kernel hooks do not run. */
  custom_kernel: boolean
}

export interface Bootloader extends z.input<typeof bootloaderSchema> {
  /** Whether to build a bootloader for this board. Otherwise the bootloader hooks do not run. */
  enabled: boolean
}

export interface Boot {
  /** The bootloader, where the board needs one built. */
  bootloader?: Bootloader | undefined
  /** The kernel, where the board needs another than Debian's. */
  kernel?: Kernel | undefined
}

/** A script of a BSP. */
export interface Script extends z.input<typeof scriptSchema> {
  /** The hook at which the script runs. Scripts of one hook run in the order of the list. */
  step: Hook
}

/** A script of the project: it changes the finished root filesystem of every BSP. */
export interface ProjectScript extends z.input<typeof projectScriptSchema> {
  /** The script itself, written in place with the sh tag, instead of `location`. */
  run?: Sh | undefined
}

/** What `defineBsp` takes: the keys of bsp.yaml below `bsp:`, and what TypeScript adds. */
export interface BspBody extends Omit<z.input<typeof bspSchema>, 'arch' | 'boot' | 'scripts'> {
  /** CPU architecture of the board. `host` is that of the machine that builds. */
  arch: Arch
  /** What starts the device. */
  boot?: Boot | undefined
  /** The scripts of the board, each at a hook of the build pipeline; those of one hook run in this order. */
  scripts?: readonly Script[] | undefined
}

declare const defined: unique symbol

/** What `defineBsp` returns. */
export interface Bsp extends BspBody {
  readonly [defined]: 'bsp'
}

/** What `defineConfig` takes: the keys of strux.yaml, and what TypeScript adds. */
export interface ConfigBody extends Omit<z.input<typeof projectSchema>, 'scripts'> {
  /** Scripts that change the finished root filesystem of every BSP, in this order. */
  scripts?: readonly ProjectScript[] | undefined
}

/** What `defineConfig` returns. */
export interface ProjectConfig extends ConfigBody {
  readonly [defined]: 'project'
}
