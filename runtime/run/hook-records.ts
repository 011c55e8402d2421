/**
 * The records of one build's hook calls, for handlers that work on them: in order, with the documentation and the
 * variables of each hook, and the handlers that are defined and that ran. Source: the page of extension hooks.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { HookMetadata } from '../../lib/extension-context.ts'
import type { HookRow } from '../../lib/hooks/row.ts'
import { quoteForShell } from '../../lib/sh.ts'
import type { ExtensionHandler } from '../model/extensions.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'
import { recordsFolder } from '../plan/environment.ts'
import type { Pipeline } from '../plan/pipeline.ts'
import { makeFolder } from '../state/folder.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { withVariables } from './session-variables.ts'

export class HookRecords {
  /** Whether a handler reads the records. */
  readonly wanted: boolean
  readonly #folder: string
  /** The hooks that extensions handle, in calling order. */
  readonly #rows: readonly HookRow[]
  readonly #plan: Plan
  readonly #calls: string[]
  readonly #ran: ExtensionHandler[] = []
  readonly #places = new Map<string, { readonly file: string; readonly line: number }>()

  constructor(root: string, plan: Plan, { vocabularies }: Pipeline) {
    this.#plan = plan
    this.#rows = vocabularies.flatMap(each => (each.handlers ? each.hooks : []))
    this.#folder = join(root, recordsFolder(plan.bsp))
    const readers = new Set(this.#rows.filter(row => row.records).map(row => row.name))
    this.wanted = plan.nodes.some(node => node.kind === 'script' && node.handler && readers.has(node.hook))
    this.#calls = this.#rows.filter(row => row.runs_in === 'plan').map(row => row.name)
  }

  /** Makes the folder, empty, if the plan has handlers. */
  open(): void {
    this.close()
    if (this.#plan.nodes.some(node => node.kind === 'script' && node.handler)) makeFolder(this.#folder)
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A step has come to a point. Afterwards the names of the session's variables are in the folder. */
  async reached(
    step: string,
    at: string,
    inside: () => Promise<StepSession>,
    { signal }: Pick<CommandContext, 'signal'>,
  ): Promise<void> {
    const rows = this.#rows.filter(row => row.step === step && row.at === at)
    this.#calls.push(...rows.map(row => row.name))
    if (!this.wanted) return
    for (const { name } of rows) {
      const { session, env } = await inside()
      const folder = posix.join(env.PROJECT_FOLDER!, recordsFolder(this.#plan.bsp))
      const script = `cd ${quoteForShell(folder)} && compgen -e >${name}.exports && compgen -v >${name}.vars`
      await session.run(
        { script: withVariables(script, session.variablesFile), env },
        () => undefined,
        signal,
      )
    }
  }

  /** The hooks after the last step, up to the one of this script, are called now. */
  beforeLast({ hook }: ScriptNode): void {
    for (const { name, relation } of this.#rows) {
      if (relation === 'end' && !this.#calls.includes(name)) this.#calls.push(name)
      if (name === hook) return
    }
  }

  /** Whether a handler of this extension has run. */
  hasRun(extension: string): boolean {
    return this.#ran.some(handler => handler.extension.name === extension)
  }

  ran(handler: ExtensionHandler): void {
    if (!this.#ran.includes(handler)) this.#ran.push(handler)
  }

  /** Finds the handlers in their sources, and writes the files for scripts. */
  async write(): Promise<void> {
    for (const each of this.#defined) {
      const place = each.at ?? (await each.locate?.())
      if (place) this.#places.set(each.id, { file: place.file, line: place.line })
    }

    const put = (name: string, text: string) => writeFileSync(join(this.#folder, name), text)
    const called = this.#rows.filter(row => this.#calls.includes(row.name))
    put('hook_point_calls.txt', this.#calls.map(name => `${name}\n`).join(''))
    for (const { name, aliases = [], doc } of called) {
      put(`${name}.orig.md`, `*${doc.split('. ')[0]!.replace(/\.$/, '')}*\n\n${doc}\n`)
      put(`${name}.compat`, aliases.join(' '))
      for (const ending of ['exports', 'vars'])
        if (!existsSync(join(this.#folder, `${name}.${ending}`))) put(`${name}.${ending}`, '')
    }
  }

  /** One line of bash that declares the three maps of handlers. */
  get maps(): string {
    const map = (name: string, entries: readonly (readonly [string, string])[]) =>
      `declare -A ${name}=(${entries.map(([key, value]) => `[${quoteForShell(key)}]=${quoteForShell(value)}`).join(' ')})`
    return [
      map(
        'defined_hook_point_functions',
        this.#defined.map(each => [functionOf(each), describe(each)]),
      ),
      map(
        'hook_point_function_trace_sources',
        this.#ran.map(each => [functionOf(each), this.#placeOf(each).file]),
      ),
      map(
        'hook_point_function_trace_lines',
        this.#ran.map(each => [functionOf(each), String(this.#placeOf(each).line ?? '')]),
      ),
    ].join('; ')
  }

  /** The same for functions. */
  data(): HookMetadata {
    const names = (hook: string, ending: string): string[] => {
      const file = join(this.#folder, `${hook}.${ending}`)
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
    }
    const called = this.#rows.filter(row => this.#calls.includes(row.name))
    return {
      calls: [...this.#calls],
      hooks: Object.fromEntries(
        called.map(({ name, aliases = [], doc }) => [
          name,
          {
            documentation: doc,
            aliases,
            exports: names(name, 'exports'),
            variables: names(name, 'vars'),
          },
        ]),
      ),
      defined: this.#defined.map(each => ({
        id: each.id,
        extension: each.extension.name,
        ...this.#placeOf(each),
        ran: this.#ran.includes(each) || this.#isOfConfiguration(each),
      })),
    }
  }

  get #defined(): readonly ExtensionHandler[] {
    return this.#plan.extensions?.handlers ?? []
  }

  #placeOf({ id, extension }: ExtensionHandler): { readonly file: string; readonly line?: number } {
    return this.#places.get(id) ?? { file: extension.file ?? extension.folder }
  }

  #isOfConfiguration({ hook }: ExtensionHandler): boolean {
    return this.#rows.some(row => row.name === hook && row.runs_in === 'plan')
  }
}

const functionOf = ({ id, source }: ExtensionHandler) => (source.kind === 'bash' ? source.function : id)

/** In the form of the original: pairs of a name and a quoted value. */
function describe({ extension: { name, folder, file = '', addedBy } }: ExtensionHandler): string {
  return `DEFINED="yes" EXTENSION="${name}" EXTENSION_DIR="${folder}" EXTENSION_FILE="${file}" EXTENSION_ADDED_BY="${addedBy}"`
}
