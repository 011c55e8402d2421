/** Packages of a Buildroot tree as make evaluates them. */

/** A macro that a list of hooks names. */
export interface EvaluatedHook {
  /** Such as `POST_PATCH_HOOKS`. */
  readonly list: string
  readonly name: string
  readonly isDefined: boolean
  /** The lines of its recipe. */
  readonly text: string
}

/** A variant of a package as its makefile describes it. */
export interface EvaluatedPackage {
  readonly infra: string
  readonly variant: 'host' | 'target'
  readonly name: string
  /** `FOO` or `HOST_FOO`. */
  readonly prefix: string
  /** Its folder and makefile, relative to the project. */
  readonly folder: string
  readonly file: string
  /** Whether it is also a kernel module. */
  readonly isModule: boolean
  /** The expanded variables that are defined, without prefix. */
  readonly variables: Readonly<Record<string, string>>
  readonly hooks: readonly EvaluatedHook[]
}

/** Whether it is a kernel module, or its recipes name the kernel's tree or its version. */
export const usesKernel = ({ variables, hooks, isModule }: EvaluatedPackage): boolean =>
  isModule ||
  [...Object.values(variables), ...hooks.map(({ text }) => text)].some(text => text.includes('@STRUX_LINUX_'))
