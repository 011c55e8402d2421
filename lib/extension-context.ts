/** The argument of a TypeScript handler of an extension. */
import type { IMAGE_HOOKS, ImageHook } from './hooks/image.ts'
import type { EveryHandlerVariable, IMAGE_VARIABLES, ImageVariable } from './hooks/image-variables.ts'
import type { Sh, ShValue } from './sh.ts'

/** The TypeScript type of each type of variable. */
interface TypeOf {
  string: string
  number: number
  list: readonly string[]
  map: Readonly<Record<string, string>>
}
type Value<V extends ImageVariable> = TypeOf[(typeof IMAGE_VARIABLES)[V]['type']]
type Row<H extends ImageHook> = Extract<(typeof IMAGE_HOOKS)[number], { name: H }>
type SetBy<H extends ImageHook> =
  Row<H> extends { sets: readonly (infer V extends ImageVariable)[] } ? V : never

/** The values that a handler of hook H reads: those of every handler, and those of its hook's row. */
export type HandlerValues<H extends ImageHook> = {
  readonly [V in EveryHandlerVariable | Row<H>['variables'][number]]: Value<V>
}

/** The values that a handler of hook H may set for the step and later handlers. */
export type SettableValues<H extends ImageHook> = { readonly [V in SetBy<H>]?: Value<V> }

/** Output of a command. */
export interface CommandOutput {
  /** Standard output without the last line break. */
  readonly stdout: string
}

/** Runs bash with errexit and pipefail; rejects if it ends with another code than 0. */
export type RunShell = {
  (script: Sh): Promise<CommandOutput>
  (strings: TemplateStringsArray, ...values: readonly ShValue[]): Promise<CommandOutput>
}

/** For a handler of hook H of an extension with options O; it works in the session of the step. */
export interface HandlerContext<H extends ImageHook = ImageHook, O = Readonly<Record<string, unknown>>> {
  readonly hook: H
  readonly extension: string
  readonly options: O
  /** The variables of the hook by name, such as `rootfs_size`; numbers are numbers. */
  readonly values: HandlerValues<H>
  /** Sets variables of the step: those in the hook's row. */
  set(values: SettableValues<H>): Promise<void>
  /** Runs bash in the step's container, with the variables as shell variables. */
  readonly sh: RunShell
  /** Runs bash inside the root filesystem or, where the image is mounted, inside the image. */
  readonly chroot: RunShell
  /** Shows a text as the progress of the step. */
  progress(text: string): void
  /** For extension_metadata_ready: the records of all hook calls of this build. */
  readonly metadata: H extends 'extension_metadata_ready' ? HookMetadata : undefined
}

/** The hook calls of a build. */
export interface HookMetadata {
  /** Every hook that was called, in order, also without handlers; several times if it was called several times. */
  readonly calls: readonly string[]
  /** By the names of those hooks. */
  readonly hooks: Readonly<Record<string, CalledHook>>
  /** All handlers that are enabled. */
  readonly defined: readonly DefinedHandler[]
}

export interface CalledHook {
  readonly documentation: string
  readonly aliases: readonly string[]
  /** Names of the environment variables and of all shell variables at its latest call. */
  readonly exports: readonly string[]
  readonly variables: readonly string[]
}

export interface DefinedHandler {
  /** `HOOK__NAME`. */
  readonly id: string
  readonly extension: string
  /** The author's file, relative to the project, and line, if they are known. */
  readonly file: string
  readonly line?: number
  /** Whether it ran in this build. */
  readonly ran: boolean
}

/** For `on_failure` of an extension with options O. */
export interface FailureContext<O = Readonly<Record<string, unknown>>> {
  readonly extension: string
  readonly options: O
  /** The id of the step or handler that failed, and why. */
  readonly failed: string
  readonly message: string
}
