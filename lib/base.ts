/**
 * The types that an author sees, by short names. Interfaces rather than aliases, so that messages print a name instead of
 * a body; each declares one member anew, because a member-less interface with one base is printed as that base.
 */
import type * as z from 'zod'
import type { BootloaderHook, Hook, KernelHook } from './hooks/build.ts'
import type { bootloaderSchema, kernelSchema } from './schema/boot.ts'
import type { Arch, bspSchema } from './schema/bsp.ts'
import type { projectSchema } from './schema/project.ts'
import type { projectScriptSchema, scriptSchema } from './schema/script.ts'
import type { Sh } from './sh.ts'
import type { Without } from './without.ts'

export interface Kernel extends z.input<typeof kernelSchema> {
  /** Whether to build a kernel for this board. Otherwise Debian's is used, and the kernel hooks do not run. */
  custom_kernel: boolean
}

export interface Bootloader extends z.input<typeof bootloaderSchema> {
  /** Whether to build a bootloader for this board. Otherwise the bootloader hooks do not run. */
  enabled: boolean
}

export interface Boot extends Omit<NonNullable<z.input<typeof bspSchema>['boot']>, 'bootloader' | 'kernel'> {
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

/** An entry of `scripts`: a script, or `without('id')`, which removes one of the layers below. */
export type ScriptEntry = Script | Without

/** What `defineBsp` takes: the keys of bsp.yaml below `bsp:`, and what TypeScript adds. */
export interface BspBody extends Omit<z.input<typeof bspSchema>, 'arch' | 'boot' | 'scripts'> {
  /** CPU architecture of the board. `host` is that of the machine that builds. */
  arch: Arch
  /** What starts the device. */
  boot?: Boot | undefined
  /** The scripts of the board, each at a hook of the build pipeline; those of one hook run in this order. */
  scripts?: readonly Script[] | undefined
  /** The board, or layers, that the BSP builds on; of several the later ones count more, and the BSP most. */
  extends?: Layers | undefined
}

declare const defined: unique symbol

/** What `defineBsp` returns. */
export interface Bsp extends BspBody {
  readonly [defined]: 'bsp'
}

// ---- layers -----------------------------------------------------------------------------------------------------------

/** T with every key optional, at any depth; what stands in lists stays as it is. */
type Optional<T> = T extends readonly unknown[] | Sh
  ? T
  : T extends object
    ? { [K in keyof T]?: Optional<T[K]> | undefined }
    : T

export interface LayerKernel extends Optional<z.input<typeof kernelSchema>> {
  /** Whether to build a kernel for this board. Otherwise Debian's is used, and the kernel hooks do not run. */
  custom_kernel?: boolean | undefined
}

export interface LayerBootloader extends Optional<z.input<typeof bootloaderSchema>> {
  /** Whether to build a bootloader for this board. Otherwise the bootloader hooks do not run. */
  enabled?: boolean | undefined
}

export interface LayerBoot extends Optional<Omit<Boot, 'bootloader' | 'kernel'>> {
  /** The bootloader, where the board needs one built. */
  bootloader?: LayerBootloader | undefined
  /** The kernel, where the board needs another than Debian's. */
  kernel?: LayerKernel | undefined
}

/** What `layer` takes: what a BSP can say, as much of it as the layer has to say. */
export interface LayerBody extends Optional<Omit<z.input<typeof bspSchema>, 'arch' | 'boot' | 'scripts'>> {
  /** CPU architecture of the board. `host` is that of the machine that builds. */
  arch?: Arch | undefined
  /** What starts the device. */
  boot?: LayerBoot | undefined
  /** Scripts, behind those of the layers below; one with the `id` of a script below takes its place. */
  scripts?: readonly Script[] | undefined
  /** The layers that this one builds on; of several the later ones count more, and this one most. */
  extends?: Layers | undefined
}

/** The keys that every BSP has, whether they come from it or from a layer. */
export type RequiredKey = 'name' | 'description' | 'arch' | 'hostname'

/** What the types know of a layer: what it sets, the gated hooks its scripts certainly use, the required keys it gives. */
export interface Flags {
  kernel: boolean | undefined
  bootloader: boolean | undefined
  steps: KernelHook | BootloaderHook
  gives: RequiredKey
}

declare const flags: unique symbol

/** Part of a BSP, made by `layer` or by a board: for `extends`. */
export interface Layer<out F extends Flags = Flags> {
  readonly [flags]: F
}

/** What `extends` takes. */
export type Layers = Layer | readonly Layer[]

/** What `defineConfig` takes: the keys of strux.yaml, and what TypeScript adds. */
export interface ConfigBody extends Omit<z.input<typeof projectSchema>, 'scripts'> {
  /** Scripts that change the finished root filesystem of every BSP, in this order. */
  scripts?: readonly ProjectScript[] | undefined
}

/** What `defineConfig` returns. */
export interface ProjectConfig extends ConfigBody {
  readonly [defined]: 'project'
}
