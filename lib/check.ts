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
} from './base.ts'
import type { BootloaderHook, KernelHook } from './hooks/build.ts'
import type { Without } from './without.ts'

declare const error: unique symbol
/** Nothing can be assigned to it; the type argument says why. */
export interface BspError<Message extends string> {
  readonly [error]: Message
}

/**
 * The type of an argument from which T is inferred and which is then compared with Checked. The first branch is never
 * taken; it is where the compiler infers T from. The last is what it takes for context (literals, completion) while T is
 * not known yet. Checked is a type parameter of the caller with a default computed from T: written out here it would be
 * computed again for every element of a list (four times the work).
 */
export type Infer<T, Base, Checked> = [T] extends [never] ? T : [T] extends [object] ? NoInfer<Checked> : Base

// ---- reading a type ---------------------------------------------------------------------------------------------------

/** T[K] where T has K, else undefined; for every member of a union. */
type Get<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never
type None<V> = [V] extends [undefined] ? never : V
type First<A, B> = [A] extends [never] ? B : A
type Values<T> = T[keyof T]

/** A list of unknown length: an array, or a list with a spread of one. */
type IsOpen<L> = L extends readonly unknown[] ? (number extends L['length'] ? true : false) : false
type IsUnion<L, All = L> = [L] extends [never]
  ? false
  : L extends unknown
    ? [All] extends [L]
      ? false
      : true
    : never
/** Whether a script of the list certainly is at hook H: true, false, or both for a choice of lists. */
type Uses<L, H> = L extends readonly (infer X)[]
  ? true extends (X extends { readonly step: H } ? true : false)
    ? IsOpen<L> extends true
      ? false
      : true
    : false
  : false

// ---- what is known of layers ------------------------------------------------------------------------------------------

type Gated = KernelHook | BootloaderHook
type Certain<B> = false extends B ? false : true

/** The flags of every layer that `extends` names or may name. */
type LayerFlags<E> =
  E extends Layer<infer F>
    ? F
    : E extends readonly (infer L)[]
      ? L extends Layer<infer F>
        ? F
        : never
      : never
/** A layer of unknown flags (`Layer` without an argument) may use any hook, and so certainly uses none. */
type FlagsUse<F, H> = F extends Flags
  ? Gated extends F['steps']
    ? false
    : H extends F['steps']
      ? true
      : false
  : never
/** Whether one of the layers certainly has a script at hook H. */
type LayersUse<E, H> = [E] extends [Layer<infer F>]
  ? Certain<FlagsUse<F, H>>
  : E extends readonly (infer L)[]
    ? L extends Layer<infer F>
      ? Certain<FlagsUse<F, H>>
      : false
    : false

/** Whether a `without` stands in the list: what the layers below then still have is not known. */
type Removes<T> =
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
/** Whether T or a layer below gives the key, as far as can be seen. */
type Gives<T, K extends RequiredKey> = K extends keyof T
  ? true
  : K extends LayerFlags<Get<T, 'extends'>>['gives']
    ? true
    : false

/** What the type of a layer says of its body T. */
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
 * Unions of what is set, in one place or several: whatever else may enable a hook or replace the kernel build joins them.
 * A hook is refused only where nothing may be true; `boolean`, a computed value, contains true.
 */
interface Ctx {
  kernel: unknown
  bootloader: unknown
  replaced: unknown
}
interface CtxOf<T> {
  kernel: Get<Get<Get<T, 'boot'>, 'kernel'>, 'custom_kernel'> | LayerFlags<Get<T, 'extends'>>['kernel']
  bootloader: Get<Get<Get<T, 'boot'>, 'bootloader'>, 'enabled'> | LayerFlags<Get<T, 'extends'>>['bootloader']
  replaced: true extends Removes<T> ? false : LayersUse<Get<T, 'extends'>, 'custom_kernel'>
}
/** A BSP above the layer may still switch on what its hooks need, so nothing is refused for want of that. */
interface LayerCtxOf<T> {
  kernel: true
  bootloader: true
  replaced: CtxOf<T>['replaced']
}
/** C, for the scripts of one list. `replaced`: one of them certainly replaces the kernel build. */
interface Within<L, C extends Ctx> {
  kernel: C['kernel']
  bootloader: C['bootloader']
  replaced: C['replaced'] | Uses<L, 'custom_kernel'>
}
/** A project's scripts have no hooks that could be off. */
interface ProjectCtx {
  kernel: true
  bootloader: true
  replaced: false
}

// ---- one script -------------------------------------------------------------------------------------------------------

type StepError<St, C extends Ctx> = [St] extends [never]
  ? never
  : [St] extends [KernelHook]
    ? true extends C['kernel']
      ? [St] extends ['after_kernel_extract']
        ? true extends C['replaced']
          ? BspError<'after_kernel_extract never runs: a custom_kernel script replaces the kernel build'>
          : never
        : never
      : BspError<`${St} runs only with boot.kernel.custom_kernel: true`>
    : [St] extends [BootloaderHook]
      ? true extends C['bootloader']
        ? never
        : BspError<`${St} runs only with boot.bootloader.enabled: true`>
      : never

type Given<V> = [V] extends [undefined] ? 'no' : undefined extends V ? 'maybe' : 'yes'
type Sources<S> = `${Given<Get<S, 'location'>>} ${Given<Get<S, 'run'>>}`
type NeitherError<S> = 'no no' extends Sources<S> ? BspError<'a script needs location or run'> : never
type LocationError<S> =
  Sources<S> extends 'yes yes'
    ? BspError<'give location or run, not both'>
    : Get<S, 'location'> extends infer V
      ? [V] extends [`/${infer Rest}`]
        ? BspError<`absolute path: write './${Rest}'`>
        : never
      : never

type PathError<P> = P extends `./${infer Rest}` | `/${infer Rest}`
  ? BspError<`artifacts are relative to the build folder: write '${Rest}'`>
  : never
type ArtifactError<A> = A extends readonly (infer P)[]
  ? [PathError<P>] extends [never]
    ? never
    : { readonly [I in keyof A]: First<PathError<A[I]>, string> }
  : never

/** The errors of one script, by property; never where there is none. A missing source is said of the step. */
interface ScriptErrors<S, C extends Ctx> {
  step: First<StepError<Get<S, 'step'>, C>, NeitherError<S>>
  location: LocationError<S>
  cached_generated_artifacts: ArtifactError<None<Get<S, 'cached_generated_artifacts'>>>
}
type ScriptError<S, C extends Ctx> = S extends Without ? never : Values<ScriptErrors<S, C>>

/** Base, with the errors in place of the properties that they are about. */
type With<Base, E> = { [K in keyof Base]: K extends keyof E ? First<E[K], Base[K]> : Base[K] }

/** A project's script may lack both source and step; then the error is the entry's own. */
type EntryError<S, Base> = Base extends Script ? never : 'step' extends keyof S ? never : NeitherError<S>
type CheckScript<S, C extends Ctx, Base> = [S] extends [Without]
  ? Without
  : [ScriptError<S, C>] extends [never]
    ? Base
    : First<EntryError<S, Base>, With<Base, ScriptErrors<S, C>>>

// ---- a list of scripts ------------------------------------------------------------------------------------------------

type AnyError<L, C extends Ctx> = L extends readonly (infer S)[] ? ScriptError<S, Within<L, C>> : never
type MessageOf<E> =
  E extends BspError<infer M>
    ? M
    : E extends readonly (infer X)[]
      ? X extends BspError<infer M>
        ? M
        : never
      : never

/**
 * By element in a plain list. Where elements cannot be told apart (an array, a choice `a ? [...] : [...]`, a list with a
 * spread of unknown length) the whole property is marked; the message names the step.
 */
type ScriptsError<L, C extends Ctx, Base> = [AnyError<L, C>] extends [never]
  ? never
  : true extends IsUnion<L> | IsOpen<L>
    ? BspError<MessageOf<AnyError<L, C>>>
    : { readonly [I in keyof L]: CheckScript<L[I], Within<L, C>, Base> }

/** Where nothing is wrong with them: scripts, so that messages speak of nothing else; what may be `without` as it is. */
type PlainScripts<L> = L extends readonly (infer X)[]
  ? [Extract<X, Without>] extends [never]
    ? readonly Script[]
    : true extends IsUnion<L> | IsOpen<L>
      ? readonly ScriptEntry[]
      : { readonly [I in keyof L]: L[I] extends Without ? Without : Script }
  : readonly Script[]

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
