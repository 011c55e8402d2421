/**
 * The parts of the original's surroundings that a bash extension needs and that are not here: found in the text,
 * before any build.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { forEachChild, parse, type SyntaxNode } from 'unbash'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { branchHook, IMAGE_HOOK_NAMES, imageHook, KERNEL_BRANCH } from '../../model/image-hooks.ts'
import { USER_FOLDERS } from '../../plan/environment.ts'
import { packageFile } from '../../steps/package-files.ts'
import { type Guarded, guardedIn, unquoted } from './guarded.ts'
import { networkCalls } from './network-in-configuration.ts'
import { isInternalVariable, partOfOriginal } from './original-internals.ts'
import { usesFunction } from './own-helpers.ts'
import { misplacedVariables } from './variables-at-hooks.ts'

export interface ShellText {
  /** As it is shown. */
  readonly file: string
  readonly text: string
}

/** The folders below SRC: those that the build makes, and those of the project. */
const IN_SRC: readonly string[] = ['cache', 'output', ...USER_FOLDERS]

export interface NeedsOptions {
  /** Files whose functions may be called, but which are not looked at themselves. */
  readonly beside?: readonly ShellText[]
  /** The project, for the files below extensions/ and userpatches/; without one, they are not looked at. */
  readonly root?: string
}

/** @param texts files that are used together: each may call the functions of all */
export function needsOf(texts: readonly ShellText[], { beside = [], root }: NeedsOptions = {}): Diagnostic[] {
  const parsed = texts.map(each => ({ ...each, script: parse(each.text) }))
  const known = new Set(helperNames())
  const ownHooks = new Set<string>()
  let addsPrograms = false
  for (const script of [...parsed.map(each => each.script), ...beside.map(each => parse(each.text))])
    visit(script, node => {
      if (node.type === 'Function') known.add(node.name.value)
      if (node.type === 'Assignment' && node.name === 'EXTRA_BUILD_DEPS') addsPrograms = true
      for (const hook of wordsOf(node, 'call_extension_method')) ownHooks.add(hook)
    })
  const all = [...texts, ...beside]
  const isCalled = (name: string) => all.some(({ text }) => usesFunction(text, name))
  return parsed.flatMap(({ file, text, script }) => {
    const guarded = guardedIn(script)
    const finder = new Finder({ file, text }, { known, ownHooks, addsPrograms, root, isCalled, guarded })
    for (const { message, pos } of script.errors ?? [])
      finder.report(pos, pos, 'error', 'syntax_error', `bash cannot read this: ${message}`)
    visit(script, node => finder.look(node))
    for (const { name, hook, setAt, pos, end } of misplacedVariables(script))
      finder.report(
        pos,
        end,
        'warning',
        'unset_variable',
        `${name} is not set at ${hook}`,
        `it is at ${setAt.join(', ')}${name === 'MOUNT' ? '; the root filesystem is at SDCARD before' : ''}`,
      )
    for (const { command, handler, pos, end } of networkCalls(script))
      finder.report(
        pos,
        end,
        'warning',
        'no_network',
        `${command} has no network: ${handler} runs while the definition is loaded`,
        'call it at fetch_sources_tools or later',
      )
    return finder.found
  })
}

function visit(node: SyntaxNode, look: (node: SyntaxNode) => void): void {
  look(node)
  forEachChild(node, child => visit(child, look))
}

/** The names of extensions that a file enables, as far as they are plain text. */
export function enabledIn(text: string): string[] {
  const names: string[] = []
  visit(parse(text), node => names.push(...wordsOf(node, 'enable_extension')))
  return names
}

/** The plain words after a command; none for other nodes. */
function wordsOf(node: SyntaxNode, command: string): string[] {
  if (node.type !== 'Command' || node.name?.value !== command) return []
  return node.suffix.flatMap(word => (word.type === 'Word' ? (plainText(word) ?? []) : []))
}

let helpers: readonly string[] | undefined
/** The functions that an extension may call. */
export function helperNames(): readonly string[] {
  if (!helpers) {
    const names: string[] = []
    visit(parse(packageFile('runtime/steps/extensions/helpers.sh')), node => {
      if (node.type === 'Function' && !node.name.value.startsWith('strux_')) names.push(node.name.value)
    })
    helpers = names
  }
  return helpers
}

let programs: ReadonlySet<string> | undefined
/** The builders with all tool groups have it: as a program, a builtin or a keyword. */
function isInBuilder(name: string): boolean {
  programs ??= new Set(packageFile('runtime/extensions/bash/builder-programs.txt').split('\n'))
  return namesOfProgram(name).some(each => programs!.has(each))
}

/**
 * A program's name, and those under which it is in the list of programs: without the prefix of a cross compiler
 * (`aarch64-linux-gnu-gcc`), and without a version (`gcc-14`, `python3.13`). The last one has neither.
 */
export function namesOfProgram(name: string): readonly string[] {
  const plain = name.replace(/^(?:aarch64|arm|x86_64)-linux-gnu(?:eabihf)?-/, '')
  return [name, plain, plain.replace(/-\d+(?:\.\d+)*$|(?<=\d)(?:\.\d+)+$/, '')]
}

/** Helpers that run the command in their words, which begins after this many of them. */
export const CALLING: Readonly<Record<string, number>> = {
  run_host_command_logged: 0,
  run_host_command_logged_raw: 0,
  do_with_retries: 1,
}

type Severity = Diagnostic['severity']

/** What a file finds when it runs. */
interface Surroundings {
  /** Functions. */
  readonly known: ReadonlySet<string>
  /** Whether a file calls the function. */
  readonly isCalled: (name: string) => boolean
  /** Hooks that the extensions call themselves. */
  readonly ownHooks: ReadonlySet<string>
  /** Whether an extension adds Debian packages to the builder. */
  readonly addsPrograms: boolean
  readonly root: string | undefined
  /** What the file itself looks for before it uses it. */
  readonly guarded: Guarded
}

class Finder {
  readonly found: Diagnostic[] = []
  readonly #text: ShellText
  readonly #around: Surroundings

  constructor(text: ShellText, around: Surroundings) {
    this.#text = text
    this.#around = around
  }

  look(node: SyntaxNode): void {
    if (node.type === 'Function') this.#hook(node.name.value, node.name.pos, node.name.end)
    else if (node.type === 'Command') this.#command(node)
    else if (node.type === 'Word') this.#path(node.text, node.pos)
    else if (node.type === 'SimpleExpansion') this.#variable(node.text.replace(/^\$/, ''), node.pos, node.end)
    else if (node.type === 'ParameterExpansion')
      // One with a value of its own, such as `${x:-no}`, may be unset.
      this.#variable(/^\$\{[!#]?(\w+)(?!:?[-+=?])/.exec(node.text)?.[1] ?? '', node.pos, node.end)
    else if (node.type === 'Assignment' && node.name !== undefined)
      this.#variable(node.name, node.pos, node.pos + node.name.length)
  }

  report(pos: number, end: number, severity: Severity, code: string, message: string, hint?: string): void {
    const before = this.#text.text.slice(0, pos).split('\n')
    const length = end - pos
    const place = { line: before.length, column: before.at(-1)!.length + 1 }
    // The same variable may be used many times in a line.
    if (this.found.some(each => each.line === place.line && each.message === message)) return
    this.found.push({
      severity,
      code,
      message,
      file: this.#text.file,
      ...place,
      ...(length > 0 && { length }),
      ...(hint !== undefined && { hint }),
    })
  }

  #hook(name: string, pos: number, end: number): void {
    const cut = name.indexOf('__')
    if (cut <= 0) return
    const hook = name.slice(0, cut)
    if (imageHook(hook) || this.#around.ownHooks.has(hook)) return
    const { branch } = branchHook(hook) ?? {}
    if (branch === KERNEL_BRANCH) return
    if (branch !== undefined) {
      const message = `${name} is never called: it is for the kernel branch ${branch}`
      this.report(pos, end, 'warning', 'unknown_hook', message, `BRANCH is ${KERNEL_BRANCH} in every build`)
      return
    }
    // A function of the file's own, whose name only looks like that of a handler.
    if (this.#around.isCalled(name)) return
    const near = suggest(hook, IMAGE_HOOK_NAMES)
    const part = partOfOriginal(hook)
    const hint =
      part !== undefined
        ? `it belongs to the original's ${part}, which is not part of this build`
        : near === undefined
          ? '`strux hooks` lists the hooks'
          : `did you mean '${near}'?`
    this.report(
      pos,
      end,
      'error',
      'unknown_hook',
      `${name} is never called: there is no hook '${hook}'`,
      hint,
    )
  }

  #command(node: SyntaxNode & { readonly type: 'Command' }): void {
    const { name, suffix } = node
    if (!name) return
    const called = plainText(name)
    if (called === undefined) return
    this.#program(called, name.pos, name.end)
    const skipped = CALLING[called]
    const next = skipped === undefined ? undefined : suffix.filter(each => each.type === 'Word')[skipped]
    const inner = next && plainText(next)?.trim().split(/\s+/)[0]
    if (next && inner !== undefined && !inner.includes('=')) this.#program(inner, next.pos, next.end)
  }

  #program(name: string, pos: number, end: number): void {
    const { known, addsPrograms, guarded } = this.#around
    if (name === '' || name.includes('/') || known.has(name) || isInBuilder(name)) return
    if (guarded.names.has(name)) return
    // Programs have no underscores, functions have.
    if (/^[a-z]\w*_\w*$/i.test(name)) {
      const part = partOfOriginal(name)
      const near = suggest(name, [...known])
      const hint =
        near !== undefined
          ? `did you mean ${near}?`
          : part !== undefined
            ? `it looks like a function of the original's ${part}, which is not part of this build`
            : 'define it in the file, or in one that is enabled with it'
      this.report(pos, end, 'error', 'unknown_helper', `there is no function ${name}`, hint)
      return
    }
    // Packages that the extension adds may bring the program.
    if (addsPrograms) return
    this.report(
      pos,
      end,
      'error',
      'unknown_program',
      `the builder has no program ${name}`,
      'add its Debian package in add_host_dependencies: EXTRA_BUILD_DEPS="${EXTRA_BUILD_DEPS} PACKAGE"',
    )
  }

  #path(text: string, pos: number): void {
    const { root, guarded } = this.#around
    if (guarded.paths.has(unquoted(text))) return
    for (const { 0: whole, 1: path, index } of text.matchAll(/\$(?:SRC|\{SRC\})"?\/"?([\w.@+/-]*)/g)) {
      const top = path!.split('/')[0]!
      const missing = !IN_SRC.includes(top) && top !== ''
      const isUser =
        (USER_FOLDERS as readonly string[]).includes(top) && root !== undefined && /[\w-]$/.test(path!)
      const rest = text.slice(index + whole.length, index + whole.length + 1)
      const isWhole = rest === '' || /["'\s;)]/.test(rest)
      if (missing || (isUser && isWhole && !existsSync(join(root!, path!))))
        this.report(
          pos + index,
          pos + index + whole.length,
          'error',
          'missing_path',
          `there is no ${path} below SRC`,
          missing
            ? `SRC has ${IN_SRC.join('/, ')}/ only; the original's own files are not part of this build`
            : 'add it to the project',
        )
    }
  }

  #variable(name: string, pos: number, end: number): void {
    if (!isInternalVariable(name)) return
    this.report(
      pos,
      end,
      'error',
      'unknown_internal',
      `${name} belongs to the original's kernel or bootloader build`,
      'kernel and bootloader are set in the BSP, under `boot`',
    )
  }
}

/** The text of a word without expansions. */
function plainText(word: SyntaxNode & { readonly type: 'Word' }): string | undefined {
  const isPlain = (part: {
    readonly type: string
    readonly parts?: readonly { readonly type: string }[] | undefined
  }): boolean =>
    ['Literal', 'SingleQuoted', 'AnsiCQuoted'].includes(part.type) ||
    (part.type === 'DoubleQuoted' && (part.parts ?? []).every(isPlain))
  return (word.parts ?? []).every(isPlain) ? word.value : undefined
}
