/** Calls the configuration hooks of bash extensions, and turns their effects into changes of the draft. */
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { StruxError } from '../../diagnostics/error.ts'
import type { ExtensionHandler } from '../../model/extensions.ts'
import { targetArch } from '../../plan/arch.ts'
import { type EnvironmentFacts, handlerEnvironment, withoutUnhashed } from '../../plan/environment.ts'
import {
  CONFIGURATION_VARIABLES,
  callPackageHelper,
  type ShellDraft,
  STEP_VARIABLES,
  words,
} from './configuration-variables.ts'
import type { Evaluation, Evaluator, ShellValue, ShellVariables } from './evaluate.ts'
import type { VisibleFiles } from './visible-files.ts'

/** Facts of the environment that no hook changes. */
export type FixedFacts = Omit<EnvironmentFacts, 'project' | 'bsp' | 'target'>

/** The function name of the calls and assignments outside functions. */
export const OUTSIDE_FUNCTIONS = ''

export class BashConfiguration {
  readonly #visible: VisibleFiles
  readonly #evaluator: Evaluator
  readonly #facts: FixedFacts
  /** The variables after the latest hook, as bash that restores them, and as values. */
  #state = ''
  #variables: ShellVariables = {}

  constructor(visible: VisibleFiles, evaluator: Evaluator, facts: FixedFacts) {
    this.#visible = visible
    this.#evaluator = evaluator
    this.#facts = facts
  }

  /**
   * Calls a handler and changes the draft. `files`: those of all bash extensions, in the order in which they are
   * enabled. `settings`: variables that the definition gives them. Resolves with the warnings that it printed (`display_alert … wrn`). Throws a StruxError that names file and
   * line if the handler fails.
   */
  async call(
    handler: ExtensionHandler,
    files: readonly string[],
    draft: ShellDraft,
    settings: ShellVariables = {},
  ): Promise<readonly string[]> {
    const { extension, source } = handler
    if (source.kind !== 'bash') throw new Error(`${handler.id} is not a handler of a bash file`)
    const known = startingValues(draft)
    const isFile = source.function === OUTSIDE_FUNCTIONS
    const evaluation = await this.#evaluator.evaluate({
      files: readingOrder(files, extension.file!),
      visible: this.#visible.of(files),
      inputs: { ...this.#environment(handler, draft), ...known, ...settings },
      ...(!isFile && { function: source.function }),
      ...(this.#state !== '' && { state: this.#state }),
    })
    if (evaluation.failure) throw failed(evaluation, handler.id, source.function)
    for (const { helper, words: given, file } of evaluation.calls)
      if (!isFile || file === extension.file) callPackageHelper(draft, helper, given)
    applyVariables(draft, { ...(!isFile && this.#variables), ...known }, evaluation.variables)
    this.#state = evaluation.state
    this.#variables = evaluation.variables
    // What files print when they are read belongs to no handler.
    return isFile ? [] : warningsIn(evaluation.output)
  }

  /** Bash that restores the variables of now. */
  get state(): string {
    return this.#state
  }

  /** The variables with which steps start. */
  get stepVariables(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      STEP_VARIABLES.flatMap(name => {
        const value = this.#variables[name]
        // The only array among them has parts of a name.
        return value === undefined ? [] : [[name, typeof value === 'string' ? value : words(value).join('')]]
      }),
    )
  }

  #environment(handler: ExtensionHandler, { bsp, project }: ShellDraft): ShellVariables {
    const facts = {
      ...this.#facts,
      bsp: bsp as unknown as BspData,
      project: project as unknown as ProjectData,
      target: targetArch(String(bsp.arch ?? 'host'), this.#facts.host),
    }
    return {
      CONFIG_DEFS_ONLY: 'no',
      BOARD_NAME: String(bsp.name ?? facts.bspName),
      ...withoutUnhashed(handlerEnvironment(handler, facts, this.#evaluator.root).env),
    }
  }
}

/** The texts after the label that `display_alert` gives warnings. */
function warningsIn(output: string): string[] {
  return output.split('\n').flatMap(line => /^warning: (.+?)\s*$/.exec(line)?.[1] ?? [])
}

/** All files, the handler's own last. */
export function readingOrder(files: readonly string[], own: string): string[] {
  return [...files.filter(file => file !== own), own]
}

function startingValues(draft: ShellDraft): ShellVariables {
  const values: Record<string, ShellValue> = {}
  for (const { names, read } of CONFIGURATION_VARIABLES) {
    const value = read?.(draft)
    for (const name of names) if (value !== undefined) values[name] = value
  }
  return values
}

/** Applies the variables that differ from their values before. */
export function applyVariables(draft: ShellDraft, before: ShellVariables, after: ShellVariables): void {
  for (const { names, write, always } of CONFIGURATION_VARIABLES) {
    for (const name of names) {
      const value = after[name]
      const old = before[name] ?? ''
      if (value === undefined) continue
      if (always || JSON.stringify(value) !== JSON.stringify(old)) write(draft, value, old)
    }
  }
}

function failed({ failure, exitCode, output }: Evaluation, id: string, called: string): StruxError {
  const { file, line, message } = failure!
  const lines = output.trim() === '' ? [] : output.trim().split('\n').slice(-5)
  // What exit_with_error says is the author's own reason.
  if (called !== OUTSIDE_FUNCTIONS && exitCode !== 43 && exitCode !== 44)
    lines.push(
      `configuration hooks run without network and project; skip_hooks: ['${id}'] leaves this one out`,
    )
  const said = lines.join('\n')
  return new StruxError(`${file === undefined ? called : `${file}:${line}`}: ${message}`, {
    exitCode,
    ...(said !== '' && { hint: said }),
  })
}
