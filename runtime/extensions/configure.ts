/**
 * Calls the handlers of configuration hooks. Each gets a draft, a copy of the definition's data, and changes it. After
 * each handler the draft is checked, and every change is attributed to the handler.
 */
import { isExtension } from '../../lib/definition.ts'
import type { ImageHook } from '../../lib/hooks/image.ts'
import { layerSchema } from '../../lib/schema/layer.ts'
import { type BspData, bspSchema, type ProjectData, projectSchema } from '../../lib/schema.ts'
import { isSh } from '../../lib/sh.ts'
import { AuthoredFault, guardNow } from '../authored/guard.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { textOfThrown } from '../diagnostics/thrown.ts'
import { changedBy, sameValue } from '../layers/changes.ts'
import type { Configure, LayerInfo, LayerValue } from '../layers/compose.ts'
import { dataOf, isPlain, leavesOf, merge, type Traced, trace } from '../layers/merge.ts'
import type { ExtensionHandler, SourcePlace } from '../model/extensions.ts'
import { IMAGE_HOOK_ROWS } from '../model/image-hooks.ts'
import { validate } from '../validate/validate.ts'
import { type Draft, DraftOfHook, type DraftResults } from './draft.ts'

export interface ConfigureFacts {
  readonly config: ProjectData
  /** Relative to the project. */
  readonly bspFolder: string
  /** The number of jobs that make uses without a handler. */
  readonly jobs: number
  /** Calls a handler that is not a function, and resolves with its warnings; by default there is no way to call it. */
  readonly callScript?: (handler: ExtensionHandler, draft: Draft) => Promise<readonly string[]>
}

/** The values that handlers set beside the definition. */
export interface Configured {
  readonly config: ProjectData
  /** Set if a handler changed it. */
  readonly jobs?: number
  readonly hostPackages: readonly string[]
  /** The origin of each value that is not the BSP's: of the project, of `jobs` and `hostPackages`. */
  readonly values: readonly LayerValue[]
}

/** Called before the BSP's own data is merged. */
const BELOW = 'post_family_config' satisfies ImageHook
/** After that, in calling order. */
const WHOLE = IMAGE_HOOK_ROWS.filter(row => row.runs_in === 'plan' && row.name !== BELOW).map(row => row.name)

export class Configuration implements Configure {
  readonly diagnostics: Diagnostic[] = []
  readonly layers: LayerInfo[] = []
  readonly #handlers: readonly ExtensionHandler[]
  readonly #facts: ConfigureFacts
  #project: Traced
  #jobs: number
  #jobsBy: number | undefined
  readonly #hostPackages = new Map<string, number>()
  #first = 0

  constructor(handlers: readonly ExtensionHandler[], facts: ConfigureFacts) {
    this.#handlers = handlers
    this.#facts = facts
    this.#project = trace(facts.config, PROJECT)
    this.#jobs = facts.jobs
  }

  get failed(): boolean {
    return this.diagnostics.some(({ severity }) => severity === 'error')
  }

  async below(lower: Traced, first: number): Promise<Traced> {
    this.#first = first
    const own = this.#project
    const changed = await this.#call(BELOW, lower, false)
    // The project's own values override those that the handlers set.
    if (this.#project !== own) this.#project = merge(this.#project, own)
    return changed
  }

  async whole(merged: Traced): Promise<Traced> {
    let bsp = merged
    for (const hook of WHOLE) bsp = await this.#call(hook, bsp, true)
    return bsp
  }

  get configured(): Configured {
    const changes = [...leavesOf(this.#project)].filter(({ from }) => from.layer !== PROJECT)
    return {
      config: dataOf(this.#project) as ProjectData,
      ...(this.#jobsBy !== undefined && { jobs: this.#jobs }),
      hostPackages: [...this.#hostPackages.keys()],
      values: [
        ...changes.map(({ keys, value, from }) => ({ keys: ['project', ...keys], value, layer: from.layer })),
        ...(this.#jobsBy === undefined
          ? []
          : [{ keys: ['cthreads'], value: this.#jobs, layer: this.#jobsBy }]),
        ...[...this.#hostPackages].map(([value, layer], index) => ({
          keys: ['host', 'packages', index],
          value,
          layer,
        })),
      ],
    }
  }

  /** @param isWhole whether the BSP has all its values */
  async #call(hook: ImageHook, before: Traced, isWhole: boolean): Promise<Traced> {
    let bsp = before
    for (const handler of this.#handlers) {
      if (handler.hook !== hook || this.failed) continue
      const after = await this.#callOne(handler, bsp, isWhole)
      if (after) bsp = after
    }
    return bsp
  }

  /** The changed BSP; undefined if the handler failed. */
  async #callOne(handler: ExtensionHandler, before: Traced, isWhole: boolean): Promise<Traced | undefined> {
    const hook = new DraftOfHook(handler, {
      bsp: copied(dataOf(before)) as BspData,
      project: copied(dataOf(this.#project)) as ProjectData,
      jobs: this.#jobs,
      hostPackages: [...this.#hostPackages.keys()],
      bspFolder: this.#facts.bspFolder,
    })
    let results: DraftResults
    try {
      await this.#run(handler, hook.draft)
      results = guardNow(() => hook.results())
    } catch (error) {
      if (error instanceof AuthoredFault) {
        await this.#report(handler, error.code, error.message, error.hint)
        return undefined
      }
      // A bash handler's hint is its last output.
      const hint = error instanceof StruxError ? error.hint : HINT_FAILED
      await this.#report(handler, 'handler_failed', textOfThrown(error), hint)
      return undefined
    }
    const { bsp, project, jobs, hostPackages, problem } = results
    if (problem) {
      await this.#report(handler, 'bad_draft', problem)
      return undefined
    }
    const findings = [
      ...validate(isWhole ? bspSchema : layerSchema(), bsp, 'bsp').findings,
      ...validate(projectSchema, project, 'project').findings,
    ]
    if (findings.length > 0) {
      for (const finding of findings) await this.#reportFinding(handler, finding)
      return undefined
    }
    const layer = this.#first + this.layers.length
    const changed = changedBy(before, bsp, layer)
    const project_ = changedBy(this.#project, project, layer)
    const packages = hostPackages.filter(name => !this.#hostPackages.has(name))
    const isSame =
      sameValue(dataOf(before), bsp) &&
      sameValue(dataOf(this.#project), project) &&
      jobs === this.#jobs &&
      packages.length === 0 &&
      hostPackages.length === this.#hostPackages.size
    if (isSame) return before
    this.layers.push(layerOf(handler))
    this.#project = project_
    if (jobs !== this.#jobs) {
      this.#jobs = jobs
      this.#jobsBy = layer
    }
    for (const name of [...this.#hostPackages.keys()])
      if (!hostPackages.includes(name)) this.#hostPackages.delete(name)
    for (const name of packages) this.#hostPackages.set(name, layer)
    return changed
  }

  async #run(handler: ExtensionHandler, draft: Draft): Promise<void> {
    const { source } = handler
    if (source.kind === 'function') {
      return guardNow(() => {
        const result = source.call(draft as never)
        if (!isThenable(result)) return
        // A later rejection must not end the process.
        Promise.resolve(result).catch(() => undefined)
        throw new Error('it returns a promise, but a configuration hook waits for nothing')
      })
    }
    if (!this.#facts.callScript)
      throw new Error('a script cannot change a configuration: write a function, draft => { … }')
    for (const warning of await this.#facts.callScript(handler, draft))
      await this.#report(handler, 'handler_warning', warning, undefined, 'warning')
  }

  async #report(
    handler: ExtensionHandler,
    code: string,
    message: string,
    hint?: string,
    severity: Diagnostic['severity'] = 'error',
  ): Promise<void> {
    this.diagnostics.push({
      severity,
      code,
      message: `${handler.id} of the extension '${handler.extension.name}': ${message}`,
      ...(hint !== undefined && { hint }),
      ...(await placeOf(handler)),
    })
  }

  async #reportFinding(handler: ExtensionHandler, { code, message, hint, origin }: Finding): Promise<void> {
    const whole = origin.source === 'project' ? `the project's ${message}` : message
    await this.#report(handler, code, `after it, ${whole}`, hint)
  }
}

const HINT_FAILED =
  'the function runs for each command that loads the project, without a container and a network'

/** The layer of the project's own values. */
const PROJECT = -1

function layerOf({ id, extension, origin }: ExtensionHandler): LayerInfo {
  const name = `${extension.name}: ${id}`
  return { name, folder: extension.folder, at: origin.keys, isBoard: false, handler: { id, origin } }
}

/** In this folder every handler can be located; those that others make may only have a file and line. */
async function placeOf({ locate, at, extension }: ExtensionHandler): Promise<SourcePlace> {
  return (await locate?.()) ?? { file: extension.file ?? extension.folder, line: 1, column: 1, ...at }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** A copy that may be changed; inline scripts, and extensions, are shared. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (!isPlain(value) || isSh(value) || isExtension(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)]))
}
