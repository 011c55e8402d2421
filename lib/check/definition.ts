/**
 * Checks that plain types cannot express. The literal type T of the argument is inferred through a branch that
 * is never taken, and the argument is compared with a clean type computed from T. Without an error, that is the
 * plain interface, so the compiler reports unknown keys, wrong values and missing keys exactly as without
 * generics. With an error, the wrong property becomes a type that accepts no value.
 */
import type {
  BspBody,
  ConfigBody,
  Flags,
  Layer,
  LayerBody,
  Layers,
  ProjectScript,
  RequiredKey,
  Script,
  ScriptEntry,
} from '../base.ts'
import type { BootloaderHook, KernelHook } from '../hooks/build.ts'
import type { BspError } from './error.ts'
import type {
  Certain,
  Ctx,
  CtxOf,
  First,
  Gated,
  Get,
  LayerCtxOf,
  LayerFlags,
  ProjectCtx,
  Removes,
  Values,
} from './known.ts'
import type { PlainScripts, ScriptsError, With } from './scripts.ts'

/**
 * The type of an argument: T is inferred from it, and it is then compared with Checked. The first branch is
 * never taken; the compiler infers T from it. The last branch gives the context (literals, completion) while T
 * is unknown. Checked is a type parameter of the caller with a default computed from T, because the compiler
 * would otherwise compute it again for every element of a list (four times the work).
 */
export type Infer<T, Base, Checked> = [T] extends [never] ? T : [T] extends [object] ? NoInfer<Checked> : Base

// ---- extends: a layer whose hooks nothing enables ---------------------------------------------------------------------

type Idle<F, H, On> = F extends Flags
  ? [Extract<F['steps'], H>] extends [never]
    ? false
    : Gated extends F['steps']
      ? false
      : true extends On
        ? false
        : true
  : never
type LayerError<L, C extends Ctx> =
  L extends Layer<infer F>
    ? Certain<Idle<F, KernelHook, C['kernel']>> extends true
      ? BspError<"this layer's kernel scripts run only with boot.kernel.custom_kernel: true">
      : Certain<Idle<F, BootloaderHook, C['bootloader']>> extends true
        ? BspError<"this layer's bootloader scripts run only with boot.bootloader.enabled: true">
        : never
    : never
type ExtendsError<T, C extends Ctx> =
  true extends Removes<T>
    ? never
    : Get<T, 'extends'> extends infer E
      ? E extends readonly (infer L)[]
        ? [LayerError<L, C>] extends [never]
          ? never
          : { readonly [I in keyof E]: First<LayerError<E[I], C>, Layer> }
        : LayerError<E, C>
      : never

// ---- whole definitions ------------------------------------------------------------------------------------------------

interface BodyErrors<T, C extends Ctx, Base> {
  scripts: ScriptsError<Exclude<Get<T, 'scripts'>, undefined>, C, Base>
  extends: ExtendsError<T, C>
}
/** Without strictNullChecks, absent and given cannot be told apart, so only the plain types are checked. */
type Loose = undefined extends string ? true : false
type Check<T, Body, C extends Ctx, Base> = Loose extends true
  ? Body
  : [Values<BodyErrors<T, C, Base>>] extends [never]
    ? Body
    : With<Body, BodyErrors<T, C, Base>>

/** The contextual type, in which scripts may be removed. */
export interface BspArgument extends Omit<BspBody, 'scripts'> {
  scripts?: readonly ScriptEntry[] | undefined
}
export interface LayerArgument extends Omit<LayerBody, 'scripts'> {
  scripts?: readonly ScriptEntry[] | undefined
}
/** A BSP on layers: it need not repeat keys that they provide, and its objects may be partial. */
interface ExtendingBsp extends LayerBody {
  /**
   * The board or layers that the BSP builds on. Later layers override earlier ones, and the BSP overrides all
   * of them.
   */
  extends?: Layers | undefined
}

type Removing<T, Body> =
  true extends Removes<T>
    ? With<Body, { scripts: PlainScripts<Exclude<Get<T, 'scripts'>, undefined>> | undefined }>
    : Body
/**
 * The layers may not provide every required key. `Missing`: the keys that the BSP has to add, by name for
 * messages.
 */
type Missing<E> = { [K in RequiredKey]: K extends LayerFlags<E>['gives'] ? never : K }[RequiredKey]
type BspOf<T> = [LayerFlags<Get<T, 'extends'>>] extends [never]
  ? BspBody
  : [Missing<Get<T, 'extends'>>] extends [never]
    ? ExtendingBsp
    : ExtendingBsp & { [K in Missing<Get<T, 'extends'>>]: BspBody[K] }

export type CheckBsp<T> = Check<T, Removing<T, BspOf<T>>, CtxOf<T>, Script>
export type CheckLayer<T> = Check<T, Removing<T, LayerBody>, LayerCtxOf<T>, Script>
export type CheckConfig<T> = Check<T, ConfigBody, ProjectCtx, ProjectScript>
