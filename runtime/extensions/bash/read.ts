/** Reads bash extensions: their handlers with file and line, and the calls outside functions. */
import type { ImageHook, ImageHookRow } from '../../../lib/hooks/image.ts'
import type { ConfinedFile } from '../../confined/confined-shell.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { branchHook, IMAGE_HOOK_NAMES, imageHook, KERNEL_BRANCH } from '../../model/image-hooks.ts'
import { bashOrder, type HandlerOrder } from '../order.ts'
import type { Evaluation, Evaluator, HelperCall, ShellVariables } from './evaluate.ts'
import { usesFunction } from './own-helpers.ts'
import type { VisibleFiles } from './visible-files.ts'

/** The place in an author's file; without a line if bash did not tell it. */
export interface Place {
  readonly file: string
  readonly line?: number
}

/** A function of a bash extension that is a handler. */
export interface BashHandler extends HandlerOrder {
  readonly function: string
  readonly hook: ImageHook
  /** The hook, or the alias in the function's name. */
  readonly calledAs: string
  /** The part after `HOOK__`; of a function with the hook's plain name, the extension's name. */
  readonly name: string
  readonly at: Required<Place>
}

/** A function with the form of a handler whose hook does not exist here. */
export interface UncalledFunction {
  readonly function: string
  readonly hook: string
  readonly suggestion?: string
  readonly at: Required<Place>
}

export interface BashFile {
  /** Name of the extension: the file's, without `.sh`. */
  readonly name: string
  /** Relative to the project. */
  readonly file: string
  readonly text: string
  readonly handlers: readonly BashHandler[]
  readonly uncalled: readonly UncalledFunction[]
  /** Other extensions that it enables outside functions, in order. */
  readonly enables: readonly { readonly name: string; readonly at: Required<Place> }[]
  /** Handlers that it opts out of, as `HOOK__NAME`. */
  readonly optsOut: readonly { readonly id: string; readonly at: Required<Place> }[]
  /** Calls outside functions that change lists of packages. */
  readonly packages: readonly HelperCall[]
  /** Variables that it sets outside functions. */
  readonly assigns: readonly string[]
  /** If the file could not be evaluated; the lists then hold what came before. */
  readonly failure?: Evaluation['failure']
}

/** `file`: relative to the project. `inputs`: the variables of the configuration. */
export async function readBashFile(
  file: string,
  inputs: ShellVariables,
  visible: VisibleFiles,
  evaluator: Evaluator,
): Promise<BashFile> {
  const files = visible.of([file])
  const evaluation = await evaluator.evaluate({ files: [file], visible: files, inputs })
  const name = extensionName(file)
  const handlers: BashHandler[] = []
  const uncalled: UncalledFunction[] = []
  for (const { name: called, file: at, line } of evaluation.functions) {
    const found = handlerOf(called, name)
    if (!found) continue
    if ('row' in found) {
      const { row, calledAs, own } = found
      const order = bashOrder(own, calledAs, [...(row.aliases ?? []), BRANCH_HOOK])
      handlers.push({
        function: called,
        hook: row.name as ImageHook,
        calledAs,
        name: own,
        ...order,
        at: { file: at, line },
      })
    } else if (
      !callsHook(files, found.hook) &&
      !files.some(({ content }) => usesFunction(content.toString(), called))
    )
      uncalled.push({ function: called, ...found, at: { file: at, line } })
  }
  const callsOf = (helper: string) => evaluation.calls.filter(call => call.helper === helper)
  const placed = ({ file, line }: HelperCall) => ({ at: { file, line } })
  return {
    name,
    file,
    text: visible.textOf(file),
    handlers,
    uncalled,
    enables: callsOf('enable_extension').flatMap(call => call.words.map(name => ({ name, ...placed(call) }))),
    optsOut: callsOf('extension_hook_opt_out').flatMap(call =>
      call.words.map(id => ({ id, ...placed(call) })),
    ),
    assigns: Object.keys(evaluation.variables).filter(
      name => JSON.stringify(evaluation.variables[name]) !== JSON.stringify(inputs[name]),
    ),
    packages: evaluation.calls.filter(({ helper }) => /packages/.test(helper)),
    ...(evaluation.failure && { failure: evaluation.failure }),
  }
}

export function extensionName(file: string): string {
  return file.split('/').at(-1)!.replace(/\.sh$/, '')
}

/** Whether an extension has a hook of its own with this name, and calls its handlers itself. */
function callsHook(files: readonly ConfinedFile[], hook: string): boolean {
  const call = new RegExp(`\\bcall_extension_method\\b.*["'\\s]${hook}\\b`)
  return files.some(({ content }) => call.test(content.toString()))
}

/** Called after all other names of the hook. */
const BRANCH_HOOK = `post_family_config_branch_${KERNEL_BRANCH}`

type Found =
  | { readonly row: ImageHookRow; readonly calledAs: string; readonly own: string }
  | { readonly hook: string; readonly suggestion?: string }

/** Undefined for a function that has not the form of a handler. */
function handlerOf(called: string, extension: string): Found | undefined {
  const plain = imageHook(called)
  if (plain) return { row: plain, calledAs: called, own: extension }
  const cut = called.indexOf('__')
  if (cut <= 0 || called.startsWith('_')) return undefined
  const hook = called.slice(0, cut)
  const row = imageHook(hook)
  if (row) return { row, calledAs: hook, own: called.slice(cut + 2) }
  const forBranch = branchHook(hook)
  // A file may have handlers for many branches: those of others are no mistake.
  if (forBranch && forBranch.branch !== KERNEL_BRANCH) return undefined
  if (forBranch) return { row: forBranch.hook, calledAs: hook, own: called.slice(cut + 2) }
  const names = IMAGE_HOOK_NAMES
  const suggestion = suggest(hook, names)
  return { hook, ...(suggestion !== undefined && { suggestion }) }
}
