/**
 * Evaluates bash extensions before a build: their functions, their calls outside functions, and the effects of their
 * configuration hooks. Results are kept by content below dist/, so that the second time needs no container.
 */
import { quoteForShell } from '../../../lib/sh.ts'
import {
  type ConfinedFile,
  type ConfinedShell,
  type EvaluationPlace,
  endedByItself,
  keyOf,
} from '../../confined/confined-shell.ts'
import { KeptResults } from '../../state/kept-results.ts'
import { packageFile } from '../../steps/package-files.ts'

/** The value of a shell variable: text, indexed array, associative array. */
export type ShellValue = string | readonly string[] | Readonly<Record<string, string>>
export type ShellVariables = Readonly<Record<string, ShellValue>>

export interface EvaluationRequest {
  /** Paths relative to the project, in the order of reading: the extension's own file last. */
  readonly files: readonly string[]
  /** Files that these may read, themselves included. */
  readonly visible: readonly ConfinedFile[]
  /** The variables of the configuration. */
  readonly inputs: ShellVariables
  /** The function of a configuration hook; without it, the files are only read. */
  readonly function?: string
  /** The variables after earlier hooks: the `state` of their evaluation. */
  readonly state?: string
}

export interface ShellFunction {
  readonly name: string
  readonly file: string
  readonly line: number
}

/** A call of a helper that changes the configuration. */
export interface HelperCall {
  readonly helper: string
  readonly file: string
  readonly line: number
  readonly words: readonly string[]
}

export interface Evaluation {
  readonly exitCode: number
  /** Why it ended early, if it did; without a file if the place is unknown. */
  readonly failure?: { readonly file?: string; readonly line?: number; readonly message: string }
  readonly functions: readonly ShellFunction[]
  readonly calls: readonly HelperCall[]
  /** All variables afterwards, inputs included. */
  readonly variables: ShellVariables
  /** Text that restores them in a later evaluation or in a build. */
  readonly state: string
  /** Everything that was printed. */
  readonly output: string
}

export class Evaluator {
  readonly #kept: KeptResults<Evaluation>
  readonly #place: EvaluationPlace
  #shell: Promise<ConfinedShell> | undefined

  /** `projectRoot`: absolute. The place is opened for the first evaluation whose result is not kept. */
  constructor(projectRoot: string, place: EvaluationPlace) {
    this.#kept = new KeptResults(projectRoot, 'bash-extensions')
    this.#place = place
  }

  /** The project's path as the shell sees it. */
  get root(): string {
    return this.#place.root
  }

  async evaluate(request: EvaluationRequest): Promise<Evaluation> {
    const { root, keptFor } = this.#place
    const script = scriptOf(request, root)
    const key = keptFor === undefined ? undefined : keyOf([keptFor, script], request.visible)
    const kept = key === undefined ? undefined : this.#kept.get(key)
    if (kept) return kept
    this.#shell ??= this.#place.open()
    const shell = await this.#shell
    const { exitCode, stdout, stderr } = await shell.run(script, request.visible)
    const evaluation = evaluationOf(stdout, stderr, exitCode, root)
    if (key !== undefined && endedByItself(exitCode)) this.#kept.put(key, evaluation)
    return evaluation
  }

  async close(): Promise<void> {
    const shell = this.#shell
    this.#shell = undefined
    await (await shell?.catch(() => undefined))?.close()
  }
}

const LIBRARY = [
  'steps/extensions/helpers.sh',
  'steps/extensions/shared-variables.sh',
  'steps/extensions/armbian-defaults.sh',
  'extensions/bash/evaluate.sh',
]

let library: string | undefined
function libraryText(): string {
  library ??= LIBRARY.map(path => packageFile(`runtime/${path}`)).join('\n')
  return library
}

function scriptOf({ files, inputs, function: called, state }: EvaluationRequest, root: string): string {
  const paths = files.map(path => quoteForShell(`${root}/${path}`)).join(' ')
  return [
    `strux_root=${quoteForShell(root)}`,
    `strux_files=(${paths})`,
    `strux_function=${quoteForShell(called ?? '')}`,
    `strux_initial=${quoteForShell(state ?? '')}`,
    `strux_inputs=${quoteForShell(assignments(inputs))}`,
    `strux_input_names=${quoteForShell(Object.keys(inputs).join(' '))}`,
    libraryText(),
  ].join('\n')
}

/** Bash that sets the variables. */
export function assignments(variables: ShellVariables): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (typeof value === 'string') return `${name}=${quoteForShell(value)}`
      if (Array.isArray(value)) return `${name}=(${value.map(quoteForShell).join(' ')})`
      const pairs = Object.entries(value).map(
        ([key, each]) => `[${quoteForShell(key)}]=${quoteForShell(each)}`,
      )
      return `declare -gA ${name}=(${pairs.join(' ')})`
    })
    .join('\n')
}

function evaluationOf(stdout: Buffer, stderr: string, exitCode: number, root: string): Evaluation {
  const functions: ShellFunction[] = []
  const calls: HelperCall[] = []
  const variables = new Map<string, ShellValue>()
  let state = ''
  let failure: Evaluation['failure']
  for (const [kind, ...fields] of recordsOf(stdout.toString())) {
    const [first = '', second = '', third = '', ...rest] = fields
    if (kind === 'function') functions.push({ name: first, file: second, line: Number(third) })
    else if (kind === 'call') calls.push({ helper: first, file: second, line: Number(third), words: rest })
    else if (kind === 'failure') failure ??= { file: first, line: Number(second), message: third }
    else if (kind === 'text') variables.set(first, second)
    else if (kind === 'list') variables.set(first, fields.slice(1))
    else if (kind === 'map') variables.set(first, pairsOf(fields.slice(1)))
    else if (kind === 'state') state = first
  }
  if (exitCode !== 0 && !failure) failure = failureIn(stderr, exitCode, root)
  return {
    exitCode,
    ...(exitCode !== 0 && failure && { failure }),
    functions: functions.sort((a, b) => (a.file === b.file ? a.line - b.line : 0)),
    calls,
    variables: Object.fromEntries(variables),
    state,
    output: stderr,
  }
}

function recordsOf(text: string): string[][] {
  const fields = text.split('\0')
  const records: string[][] = []
  for (let at = 0; at < fields.length - 1; ) {
    const count = Number(fields[at])
    records.push(fields.slice(at + 1, at + 1 + count))
    at += 1 + count
  }
  return records
}

function pairsOf(fields: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) pairs[fields[at]!] = fields[at + 1]!
  return pairs
}

/** Bash's own message about a syntax error or an unknown command: `FILE: line N: MESSAGE`. */
function failureIn(stderr: string, exitCode: number, root: string): Evaluation['failure'] {
  if (exitCode === 124) return { message: 'it does not end: reading it takes longer than a minute' }
  if (exitCode === 137)
    return { message: 'it was killed: it does not end, or the machine has too little memory' }
  const lines = stderr.split('\n').filter(line => line !== '')
  for (const line of lines) {
    const said = /^(.+?): line (\d+): (.*)$/.exec(line)
    const [, file = '', number, message = ''] = said ?? []
    if (!file.startsWith(`${root}/`)) continue
    return { file: file.slice(root.length + 1), line: Number(number), message }
  }
  const last = lines.at(-1)
  return {
    message:
      last === undefined
        ? `it ends with exit code ${exitCode}`
        : `it ends with exit code ${exitCode}: ${last}`,
  }
}
