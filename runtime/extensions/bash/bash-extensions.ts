/** The bash extensions of one BSP: read, called at configuration hooks, and made ready for a build. */
import type { ImageHook } from '../../../lib/hooks/image.ts'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { confinedShell } from '../../confined/open-confined-shell.ts'
import type { NoticeSink } from '../../execute/executor.ts'
import type { ExtensionHandler, Extensions } from '../../model/extensions.ts'
import { IMAGE_HOOK_ROWS, imageHook } from '../../model/image-hooks.ts'
import { hostArch, targetArch } from '../../plan/arch.ts'
import { handlerEnvironment, withoutUnhashed } from '../../plan/environment.ts'
import { selfVersion } from '../../state/own-package.ts'
import { BashConfiguration, readingOrder } from './configuration.ts'
import type { ShellDraft } from './configuration-variables.ts'
import { assignments, Evaluator, type ShellVariables } from './evaluate.ts'
import { type BashFile, extensionName, readBashFile } from './read.ts'
import { VisibleFiles } from './visible-files.ts'

export interface BashExtensionsOptions {
  /** The project's path, absolute. */
  readonly root: string
  readonly config: ProjectData
  readonly bspName: string
  readonly bspFolder: string
  /** As the definition gives it, as far as it is known before its layers are merged. */
  readonly arch: string
  readonly notice: NoticeSink
}

export class BashExtensions {
  readonly #options: BashExtensionsOptions
  readonly #visible: VisibleFiles
  readonly #evaluator: Evaluator
  readonly #configuration: BashConfiguration
  readonly #files: string[] = []
  /** The variables that the definition gives bash files. */
  #settings: ShellVariables = {}

  constructor(options: BashExtensionsOptions) {
    const { root, config, notice, bspName, bspFolder } = options
    this.#options = options
    this.#visible = new VisibleFiles(root)
    this.#evaluator = new Evaluator(root, confinedShell({ projectRoot: root, config, notice }))
    const host = hostArch()
    const facts = { bspName, bspFolder, host, version: selfVersion() }
    this.#configuration = new BashConfiguration(this.#visible, this.#evaluator, facts)
  }

  /**
   * `file`: relative to the project; `addedBy`: the definition that enables it, as messages name it; `variables`: those
   * that the definition gives it.
   */
  async read(file: string, addedBy: string, variables: ShellVariables = {}): Promise<BashFile> {
    if (!this.#files.includes(file)) this.#files.push(file)
    this.#settings = { ...this.#settings, ...variables }
    const inputs = { ...this.#inputs(file, addedBy), ...this.#settings }
    return readBashFile(file, inputs, this.#visible, this.#evaluator)
  }

  /**
   * Calls a configuration hook's handler. Resolves with its warnings; rejects with a StruxError that names file and line if
   * it fails.
   */
  readonly callScript = (handler: ExtensionHandler, draft: ShellDraft): Promise<readonly string[]> =>
    this.#configuration.call(handler, this.#files, draft, this.#settings)

  /** After all configuration hooks: adds to the handlers of bash files what they need in a build. */
  complete(extensions: Extensions): Extensions {
    const { state, stepVariables } = this.#configuration
    const variables = [assignments(this.#settings), state].filter(text => text !== '').join('\n')
    const isBash = ({ source }: ExtensionHandler) => source.kind === 'bash'
    const steps = new Set(extensions.handlers.filter(isBash).flatMap(({ hook }) => stepOf(hook) ?? []))
    return {
      ...extensions,
      handlers: extensions.handlers.map(handler => {
        const { source, extension, hook } = handler
        if (source.kind !== 'bash') return handler
        const after = stepBefore(hook, steps)
        const ready = {
          ...source,
          files: readingOrder(this.#files, extension.file!),
          ...(variables !== '' && { variables }),
          ...(after !== undefined && { after }),
        }
        return { ...handler, source: ready }
      }),
      ...(Object.keys(stepVariables).length > 0 && { stepVariables }),
    }
  }

  close(): Promise<void> {
    return this.#evaluator.close()
  }

  #inputs(file: string, addedBy: string) {
    const { config, bspName, bspFolder, arch } = this.#options
    const host = hostArch()
    const folder = file.slice(0, Math.max(0, file.lastIndexOf('/'))) || '.'
    const extension = { name: extensionName(file), folder, file, kind: 'bash', addedBy, options: {} }
    // A file is read before any hook is called.
    const nothing = {
      extension,
      hook: '',
      calledAs: '',
      position: 0,
      total: 0,
    } as unknown as ExtensionHandler
    const facts = {
      ...{ project: config, bsp: {} as BspData, bspName, bspFolder, host, version: selfVersion() },
      target: targetArch(arch, host),
    }
    return withoutUnhashed(handlerEnvironment(nothing, facts, this.#evaluator.root).env)
  }
}

/** The steps in which handlers work, in build order. */
const STEPS = [...new Set(IMAGE_HOOK_ROWS.flatMap(row => row.step ?? []))]

const stepOf = (hook: ImageHook): string | undefined => imageHook(hook)?.step

/** The last step with bash handlers before the hook's own; for hooks after all steps, the last of all. */
function stepBefore(hook: ImageHook, steps: ReadonlySet<string>): string | undefined {
  const own = stepOf(hook)
  const earlier = own === undefined ? STEPS : STEPS.slice(0, STEPS.indexOf(own))
  return earlier.findLast(step => steps.has(step))
}
