/** Compile-time errors of a script and of a list of scripts. */
import type { Script, ScriptEntry } from '../base.ts'
import type { BootloaderHook, KernelHook } from '../hooks/build.ts'
import type { Without } from '../without.ts'
import type { BspError } from './error.ts'
import type { Ctx, First, Get, IsOpen, IsUnion, None, Values, Within } from './known.ts'

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

/** The errors of one script, by property; never without an error. A missing source is reported at `step`. */
interface ScriptErrors<S, C extends Ctx> {
  step: First<StepError<Get<S, 'step'>, C>, NeitherError<S>>
  location: LocationError<S>
  cached_generated_artifacts: ArtifactError<None<Get<S, 'cached_generated_artifacts'>>>
}
type ScriptError<S, C extends Ctx> = S extends Without ? never : Values<ScriptErrors<S, C>>

/** Base, with errors in place of the wrong properties. */
export type With<Base, E> = { [K in keyof Base]: K extends keyof E ? First<E[K], Base[K]> : Base[K] }

/** A project's script may lack both source and step; the error is then the entry's own. */
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
 * For a plain list, element by element. If elements cannot be told apart (an array, a choice `a ? [...] :
 * [...]`, a spread of unknown length), the whole property is marked, and the message names the step.
 */
export type ScriptsError<L, C extends Ctx, Base> = [AnyError<L, C>] extends [never]
  ? never
  : true extends IsUnion<L> | IsOpen<L>
    ? BspError<MessageOf<AnyError<L, C>>>
    : { readonly [I in keyof L]: CheckScript<L[I], Within<L, C>, Base> }

/**
 * Without errors: plain scripts, so that messages mention no other type. Entries that may be `without` stay as
 * they are.
 */
export type PlainScripts<L> = L extends readonly (infer X)[]
  ? [Extract<X, Without>] extends [never]
    ? readonly Script[]
    : true extends IsUnion<L> | IsOpen<L>
      ? readonly ScriptEntry[]
      : { readonly [I in keyof L]: L[I] extends Without ? Without : Script }
  : readonly Script[]
