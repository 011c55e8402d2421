/** A confined shell in a container of its own. */
import { StruxError } from '../diagnostics/error.ts'
import type { NoticeSink } from '../execute/executor.ts'
import type { BuilderRef } from '../model/plan.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { stateFolder } from '../state/state-folder.ts'
import { type ConfinedShell, limited, Printed } from './confined-shell.ts'
import { Copies } from './copies.ts'

export interface ConfinedOptions {
  /** Absolute. */
  readonly projectRoot: string
  readonly builder: BuilderRef
  readonly notice: NoticeSink
  readonly mirror?: string
}

const SCRIPTS_AT = '/run/strux-scripts'

/** Connects to the container engine and starts a container, whose image is made first if it is missing. */
export async function openConfinedContainer(options: ConfinedOptions): Promise<ConfinedShell> {
  const { projectRoot, builder, notice, mirror } = options
  const [{ connectEngine }, { ensureBuilder }, { startGranted }, { hostTrust }, { SCRIPT_ENVIRONMENT }] =
    await Promise.all([
      import('../execute/engine/engine.ts'),
      import('../execute/images/builder-image.ts'),
      import('../execute/containers/container.ts'),
      import('../execute/engine/host-trust.ts'),
      import('../execute/host/script-environment.ts'),
    ])
  const engine = await connectEngine()
  const folder = stateFolder(projectRoot)
  const image = await ensureBuilder(engine, builder, {
    notice,
    signal: new AbortController().signal,
    trust: hostTrust(process.env, folder),
    ...(mirror !== undefined && { mirror }),
  })
  const copies = new Copies(folder)
  const container = await startGranted(
    engine,
    {
      image: image.id,
      env: SCRIPT_ENVIRONMENT,
      binds: [`${copies.project}:${CONTAINER_ROOT}:ro`, `${copies.scripts}:${SCRIPTS_AT}:ro`],
      labels: {},
      workingDir: '/tmp',
      name: 'strux-extensions',
      confined: { scratch: ['/tmp', `${CONTAINER_ROOT}/dist`] },
    },
    'plain',
  ).catch(error => {
    copies.remove()
    throw new StruxError(
      `no container could be started to read files before the build: ${(error as Error).message}`,
      {
        hint: 'Run `strux doctor` for a check of the engine.',
        cause: error,
      },
    )
  })
  return {
    async run(script, files) {
      copies.add(files)
      const name = copies.script(script)
      const printed = new Printed()
      const exitCode = await container.exec({
        argv: [...limited(`${SCRIPTS_AT}/${name}`)],
        stdout: chunk => printed.stdout(chunk),
        stderr: chunk => printed.stderr(chunk),
      })
      return printed.result(exitCode)
    },
    async close() {
      await container.remove()
      copies.remove()
    },
  }
}
