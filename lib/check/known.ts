/** Facts about a definition that its type shows: about its layers, and the conditions of its scripts. */
import type { Flags, Layer, RequiredKey } from '../base.ts'
import type { BootloaderHook, KernelHook } from '../hooks/build.ts'
import type { Without } from '../without.ts'

// ---- reading a type ---------------------------------------------------------------------------------------------------

/** T[K] if T has K, else undefined; for every member of a union. */
export type Get<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never
export type None<V> = [V] extends [undefined] ? never : V
export type First<A, B> = [A] extends [never] ? B : A
export type Values<T> = T[keyof T]

/** A list of unknown length: an array, or a list that spreads one. */
export type IsOpen<L> = L extends readonly unknown[] ? (number extends L['length'] ? true : false) : false
export type IsUnion<L, All = L> = [L] extends [never]
  ? false
  : L extends unknown
    ? [All] extends [L]
      ? false
      : true
    : never
/** Whether a script of the list is certainly at hook H: true, false, or both for a choice of lists. */
type Uses<L, H> = L extends readonly (infer X)[]
  ? true extends (X extends { readonly step: H } ? true : false)
    ? IsOpen<L> extends true
      ? false
      : true
    : false
  : false

// ---- what is known of layers ------------------------------------------------------------------------------------------

export type Gated = KernelHook | BootloaderHook
export type Certain<B> = false extends B ? false : true

/** The flags of every layer that `extends` names or may name. */
export type LayerFlags<E> =
  E extends Layer<infer F>
    ? F
    : E extends readonly (infer L)[]
      ? L extends Layer<infer F>
        ? F
        : never
      : never
/** A layer with unknown flags (`Layer` without an argument) may use any hook, so it certainly uses none. */
type FlagsUse<F, H> = F extends Flags
  ? Gated extends F['steps']
    ? false
    : H extends F['steps']
      ? true
      : false
  : never
/** Whether a layer certainly has a script at hook H. */
type LayersUse<E, H> = [E] extends [Layer<infer F>]
  ? Certain<FlagsUse<F, H>>
  : E extends readonly (infer L)[]
    ? L extends Layer<infer F>
      ? Certain<FlagsUse<F, H>>
      : false
    : false

/** Whether the list contains a `without`: the remaining scripts of the lower layers are then unknown. */
export type Removes<T> =
  Get<T, 'scripts'> extends infer S
    ? S extends readonly (infer X)[]
      ? [Extract<X, Without>] extends [never]
        ? false
        : true
      : false
    : never

type CertainSteps<T> = {
  [H in Gated]: Certain<Uses<Get<T, 'scripts'>, H>> extends true ? H : never
} extends infer M
  ? M[keyof M]
  : never
/** Whether T or a lower layer provides the key, as far as the type shows. */
type Gives<T, K extends RequiredKey> = K extends keyof T
  ? true
  : K extends LayerFlags<Get<T, 'extends'>>['gives']
    ? true
    : false

/** The facts about a layer that the type of its body T shows. */
export type FlagsOf<T> = {
  kernel: CtxOf<T>['kernel']
  bootloader: CtxOf<T>['bootloader']
  steps: CertainSteps<T> | (true extends Removes<T> ? never : LayerFlags<Get<T, 'extends'>>['steps'])
  gives: { [K in RequiredKey]: true extends Gives<T, K> ? K : never }[RequiredKey]
} extends infer F extends Flags
  ? F
  : Flags

// ---- what the checks of scripts need to know --------------------------------------------------------------------------

/**
 * Unions of the possible values of each setting, from one or several layers; any other way to enable a hook or
 * replace the kernel build is added to them. A hook is refused only if no member can be true; `boolean`, a
 * computed value, contains true.
 */
export interface Ctx {
  kernel: unknown
  bootloader: unknown
  replaced: unknown
}
export interface CtxOf<T> {
  kernel: Get<Get<Get<T, 'boot'>, 'kernel'>, 'custom_kernel'> | LayerFlags<Get<T, 'extends'>>['kernel']
  bootloader: Get<Get<Get<T, 'boot'>, 'bootloader'>, 'enabled'> | LayerFlags<Get<T, 'extends'>>['bootloader']
  replaced: true extends Removes<T> ? false : LayersUse<Get<T, 'extends'>, 'custom_kernel'>
}
/** The BSP above the layer may still enable its hooks, so no hook is refused for a missing setting. */
export interface LayerCtxOf<T> {
  kernel: true
  bootloader: true
  replaced: CtxOf<T>['replaced']
}
/** C, for the scripts of one list. `replaced`: one of them certainly replaces the kernel build. */
export interface Within<L, C extends Ctx> {
  kernel: C['kernel']
  bootloader: C['bootloader']
  replaced: C['replaced'] | Uses<L, 'custom_kernel'>
}
/** A project's scripts have no hooks with conditions. */
export interface ProjectCtx {
  kernel: true
  bootloader: true
  replaced: false
}
