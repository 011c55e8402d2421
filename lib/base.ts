/**
 * The types that an author sees, under short names. They are interfaces rather than aliases, so that messages
 * print a name instead of a body. Each redeclares one member, because an interface without members is printed
 * as its base.
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
  /** Whether to build a kernel for this board. If not, Debian's kernel is used, and the kernel hooks do not run. */
  custom_kernel: boolean
}

export interface Bootloader extends z.input<typeof bootloaderSchema> {
  /** Whether to build a bootloader for this board. If not, the bootloader hooks do not run. */
  enabled: boolean
}

export interface Boot extends Omit<NonNullable<z.input<typeof bspSchema>['boot']>, 'bootloader' | 'kernel'> {
  /** The bootloader, if the board needs one. */
  bootloader?: Bootloader | undefined
  /** The kernel, if the board does not use Debian's. */
  kernel?: Kernel | undefined
}

/** A script of a BSP. */
export interface Script extends z.input<typeof scriptSchema> {
  /** The hook at which the script runs. Scripts of one hook run in the order of the list. */
  step: Hook
}

/** A script of the project: it changes the finished root filesystem of every BSP. */
export interface ProjectScript extends z.input<typeof projectScriptSchema> {
  /** The script's text, written with the sh tag, instead of `location`. */
  run?: Sh | undefined
}

/** An entry of `scripts`: a script, or `without('id')`, which removes a script of a lower layer. */
export type ScriptEntry = Script | Without

/** The argument of `defineBsp`: the keys of bsp.yaml below `bsp:`, and keys that only TypeScript has. */
export interface BspBody extends Omit<z.input<typeof bspSchema>, 'arch' | 'boot' | 'scripts'> {
  /** CPU architecture of the board. `host` means the architecture of the build machine. */
  arch: Arch
  /** Bootloader, kernel and kernel arguments. */
  boot?: Boot | undefined
  /** The scripts of the board, each at a hook of the build pipeline. Scripts of one hook run in this order. */
  scripts?: readonly Script[] | undefined
  /**
   * The board or layers that the BSP builds on. Later layers override earlier ones, and the BSP overrides all
   * of them.
   */
  extends?: Layers | undefined
}

declare const defined: unique symbol

/** The result of `defineBsp`. */
export interface Bsp extends BspBody {
  readonly [defined]: 'bsp'
}

// ---- layers -----------------------------------------------------------------------------------------------------------

/** T with every key optional, at any depth; elements of lists stay complete. */
type Optional<T> = T extends readonly unknown[] | Sh
  ? T
  : T extends object
    ? { [K in keyof T]?: Optional<T[K]> | undefined }
    : T

export interface LayerKernel extends Optional<z.input<typeof kernelSchema>> {
  /** Whether to build a kernel for this board. If not, Debian's kernel is used, and the kernel hooks do not run. */
  custom_kernel?: boolean | undefined
}

export interface LayerBootloader extends Optional<z.input<typeof bootloaderSchema>> {
  /** Whether to build a bootloader for this board. If not, the bootloader hooks do not run. */
  enabled?: boolean | undefined
}

export interface LayerBoot extends Optional<Omit<Boot, 'bootloader' | 'kernel'>> {
  /** The bootloader, if the board needs one. */
  bootloader?: LayerBootloader | undefined
  /** The kernel, if the board does not use Debian's. */
  kernel?: LayerKernel | undefined
}

/** The argument of `layer`: any part of a BSP. */
export interface LayerBody extends Optional<Omit<z.input<typeof bspSchema>, 'arch' | 'boot' | 'scripts'>> {
  /** CPU architecture of the board. `host` means the architecture of the build machine. */
  arch?: Arch | undefined
  /** Bootloader, kernel and kernel arguments. */
  boot?: LayerBoot | undefined
  /** Scripts, after those of lower layers. A script with the `id` of a lower one replaces it. */
  scripts?: readonly Script[] | undefined
  /**
   * The layers that this one builds on. Later layers override earlier ones, and this layer overrides all of
   * them.
   */
  extends?: Layers | undefined
}

/** The keys that every BSP must have, from itself or from a layer. */
export type RequiredKey = 'name' | 'description' | 'arch' | 'hostname'

/**
 * What the types know about a layer: the keys it sets, the gated hooks its scripts certainly use, the required
 * keys it provides.
 */
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

/** The value of `extends`. */
export type Layers = Layer | readonly Layer[]

/** The argument of `defineConfig`: the keys of strux.yaml, and keys that only TypeScript has. */
export interface ConfigBody extends Omit<z.input<typeof projectSchema>, 'scripts'> {
  /** Scripts that change the finished root filesystem of every BSP, in this order. */
  scripts?: readonly ProjectScript[] | undefined
}

/** The result of `defineConfig`. */
export interface ProjectConfig extends ConfigBody {
  readonly [defined]: 'project'
}
