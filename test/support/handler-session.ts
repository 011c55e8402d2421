/** Handlers of bash extensions in one container, one after another, as the handlers of a step are. */
import type { ToolGroup } from '../../lib/tools.ts'
import { createDockerExecutor, type DockerExecutor } from '../../runtime/execute/containers/docker.ts'
import type { WorkSession } from '../../runtime/execute/executor.ts'
import type { BashSource, ExtensionHandler } from '../../runtime/model/extensions.ts'
import { hostArch } from '../../runtime/plan/arch.ts'
import { builderFor } from '../../runtime/plan/builder.ts'
import { withVariables } from '../../runtime/run/session-variables.ts'
import { handlerHarness } from '../../runtime/steps/extensions/harness.ts'
import type { TempProject } from './project.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Both, as they arrived. */
  readonly said: string
}

interface HandlerSettings {
  readonly hook?: ExtensionHandler['hook']
  readonly env?: Readonly<Record<string, string>>
  readonly sets?: readonly string[]
  readonly source?: Partial<BashSource>
  /** The extension's file in the project; written if `text` is given. */
  readonly file?: string
}

export class HandlerSession {
  readonly #project: TempProject
  readonly #executor: DockerExecutor
  readonly #tools: readonly ToolGroup[]
  #session: WorkSession | undefined
  #count = 0

  /** @param tools of the builder image */
  constructor(project: TempProject, tools: readonly ToolGroup[] = ['image']) {
    this.#project = project
    this.#tools = tools
    this.#executor = createDockerExecutor({
      projectRoot: project.root,
      bsp: 'demo',
      notice: () => {},
      caller: { uid: process.getuid!(), gid: process.getgid!() },
    })
  }

  /** The next command opens a new container. */
  async renew(): Promise<void> {
    await this.#session?.close()
    this.#session = undefined
  }

  async close(): Promise<void> {
    await this.renew()
    await this.#executor.close()
  }

  /** Runs bash without a handler around it. */
  async bash(script: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const host = hostArch()
    this.#session ??= await this.#executor.open(
      {
        id: 'test',
        builder: builderFor({ suite: 'trixie', tools: this.#tools, target: host, host, hostPackages: [] }),
      },
      new AbortController().signal,
    )
    const lines: { stream: string; line: string }[] = []
    const code = await this.#session.run(
      { script, env },
      (stream, line) => void lines.push({ stream, line }),
      new AbortController().signal,
    )
    const of = (name: string) =>
      lines
        .filter(({ stream }) => stream === name)
        .map(({ line }) => line)
        .join('\n')
    return {
      code,
      stdout: of('stdout'),
      stderr: of('stderr'),
      said: lines.map(({ line }) => line).join('\n'),
    }
  }

  /** Runs the function `HOOK__test` of an extension with this text; `body` is its body. */
  async handler(body: string, settings: HandlerSettings = {}): Promise<Ran> {
    const { hook = 'pre_customize_image' } = settings
    return this.file(`${hook}__test() {\n${body}\n}\n`, settings)
  }

  /** Runs a function of an extension with this text. */
  async file(
    text: string,
    { hook = 'pre_customize_image', ...settings }: HandlerSettings = {},
  ): Promise<Ran> {
    const file = settings.file ?? `extensions/case-${this.#count++}.sh`
    this.#project.write(file, text)
    const folder = file.slice(0, file.lastIndexOf('/'))
    const handler = {
      hook,
      extension: { file, folder },
      source: { kind: 'bash', function: `${hook}__test`, ...settings.source },
    } as unknown as ExtensionHandler
    const script = handlerHarness({ file: `/project/${file}` }, handler)
    return this.bash(withVariables(script, '/tmp/.strux-variables', settings.sets ?? []), {
      ...ENVIRONMENT,
      EXTENSION_DIR: `/project/${folder}`,
      ...settings.env,
    })
  }
}

const ENVIRONMENT = {
  PROJECT_FOLDER: '/project',
  PROJECT_DIST_CACHE_FOLDER: '/project/dist/cache/demo',
  SRC: '/tmp/src',
  SDCARD: '/sdcard',
  MOUNT: '/mnt/image',
  ARCH: 'amd64',
  BOARD: 'demo',
}
