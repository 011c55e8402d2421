/**
 * The checks that plain types cannot express. The literal type T of the argument is inferred through a branch that is
 * never taken, and the argument is compared with a clean type computed from T. Where there is nothing to complain about
 * that is the plain interface itself, so unknown keys, wrong values and missing keys are reported by the compiler exactly
 * as without generics; where there is, the one wrong property becomes a type that nothing can be assigned to.
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
 * The type of an argument from which T is inferred and which is then compared with Checked. The first branch is never
 * taken; it is where the compiler infers T from. The last is what it takes for context (literals, completion) while T is
 * not known yet. Checked is a type parameter of the caller with a default computed from T: written out here it would be
 * computed again for every element of a list (four times the work).
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
/** Without strictNullChecks absent and given cannot be told apart: only the plain types are left then. */
type Loose = undefined extends string ? true : false
type Check<T, Body, C extends Ctx, Base> = Loose extends true
  ? Body
  : [Values<BodyErrors<T, C, Base>>] extends [never]
    ? Body
    : With<Body, BodyErrors<T, C, Base>>

/** What the compiler takes for context: scripts may be removed. */
export interface BspArgument extends Omit<BspBody, 'scripts'> {
  scripts?: readonly ScriptEntry[] | undefined
}
export interface LayerArgument extends Omit<LayerBody, 'scripts'> {
  scripts?: readonly ScriptEntry[] | undefined
}
/** A BSP on layers: what they give need not be said again, and their objects need not be repeated in full. */
interface ExtendingBsp extends LayerBody {
  /** The board, or layers, that the BSP builds on; of several the later ones count more, and the BSP most. */
  extends?: Layers | undefined
}

type Removing<T, Body> =
  true extends Removes<T>
    ? With<Body, { scripts: PlainScripts<Exclude<Get<T, 'scripts'>, undefined>> | undefined }>
    : Body
/** A layer below may not give every required key. `Missing`: those that the BSP has to give, by name for messages. */
type Missing<E> = { [K in RequiredKey]: K extends LayerFlags<E>['gives'] ? never : K }[RequiredKey]
type BspOf<T> = [LayerFlags<Get<T, 'extends'>>] extends [never]
  ? BspBody
  : [Missing<Get<T, 'extends'>>] extends [never]
    ? ExtendingBsp
    : ExtendingBsp & { [K in Missing<Get<T, 'extends'>>]: BspBody[K] }

export type CheckBsp<T> = Check<T, Removing<T, BspOf<T>>, CtxOf<T>, Script>
export type CheckLayer<T> = Check<T, Removing<T, LayerBody>, LayerCtxOf<T>, Script>
export type CheckConfig<T> = Check<T, ConfigBody, ProjectCtx, ProjectScript>
