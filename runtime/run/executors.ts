/** Chooses the executor for this process, and prepares it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashText } from '../cache/hash-memo.ts'
import { type KnownBuilders, OneBuilder, RememberedBuilders } from '../cache/known-builders.ts'
import type { DockerExecutor } from '../execute/containers/docker.ts'
import { resolveEndpoint, showEndpoint } from '../execute/engine/endpoint.ts'
import type { Executor, NoticeSink } from '../execute/executor.ts'
import { machineEnvironment } from '../execute/host/script-environment.ts'
import { machineIdentity } from '../execute/images/installed-packages.ts'
import { inContainer } from '../execute/in-container.ts'
import { abandonedNotes } from '../execute/ownership/notes.ts'
import type { BuilderRef, PlanNode } from '../model/plan.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { stateFolder } from '../state/state-folder.ts'
import type { Workspace } from './workspace.ts'

export interface OpeningOptions {
  readonly notice: NoticeSink
  readonly signal: AbortSignal
  /** Runs `work` under the lock on shared outputs: only one process at a time makes builder images. */
  readonly whileShared: <T>(work: () => Promise<T>) => Promise<T>
}

/** The known identities of builders; in builds without containers, the identity of this machine. */
export function knownBuilders(): KnownBuilders {
  if (inContainer()) return new OneBuilder(machineIdentity())
  const home = homedir()
  let engine = 'unknown'
  try {
    engine = showEndpoint(resolveEndpoint({ env: process.env, home }))
  } catch {
    // A missing engine is reported when it is needed.
  }
  const folder = join(process.env.XDG_CACHE_HOME || join(home, '.cache'), 'strux/builders')
  return new RememberedBuilders(join(folder, hashText(engine).slice(0, 16)))
}

/** Inside a builder container, commands run directly; otherwise in containers, whose images are made first. */
export async function openExecutor(
  workspace: Workspace,
  builders: readonly BuilderRef[],
  { notice, signal, whileShared }: OpeningOptions,
): Promise<Executor> {
  if (inContainer()) {
    const { createHostExecutor } = await import('../execute/host/host.ts')
    return createHostExecutor({ projectRoot: workspace.root, env: machineEnvironment(process.env) })
  }
  const executor = await dockerExecutor(workspace, notice)
  // Includes the builders of nodes that seem up to date: their image may have been replaced.
  const all = new Map(workspace.plan.nodes.map(({ builder }) => [builder.key, builder]))
  const there = new Set<string>()
  await Promise.all(
    [...all.values()].map(async builder => {
      if (await executor.lookUpImage(builder)) there.add(builder.key)
    }),
  )
  const missing = builders.filter(({ key }) => !there.has(key))
  if (missing.length > 0) await whileShared(() => executor.makeImages(missing, signal))
  return executor
}

/**
 * Gives files of root back to the caller. After a killed build, such files may prevent a caller who is not root
 * from reading the inputs of decisions. Returns true if anything was repaired. The caller holds the BSP's lock.
 */
export async function repairOwners(
  workspace: Workspace,
  notice: NoticeSink,
  signal: AbortSignal,
): Promise<boolean> {
  const { root, plan } = workspace
  if (inContainer() || process.getuid?.() === 0) return false
  if (abandonedNotes(stateFolder(root), plan.bsp).length === 0) return false
  const executor = await dockerExecutor(workspace, notice)
  try {
    for (const { builder } of plan.nodes) {
      if (!(await executor.lookUpImage(builder))) continue
      // The executor repairs ownership before its first command.
      await (await executor.open({ id: 'strux', builder }, signal)).close()
      return true
    }
    return false
  } finally {
    await executor.close()
  }
}

/** Opens a shell in the surroundings of the node's commands; resolves with its exit code. */
export async function openShell(workspace: Workspace, node: PlanNode, notice: NoticeSink): Promise<number> {
  const { root, pipeline } = workspace
  const body = node.kind === 'step' ? pipeline.bodies[node.body] : undefined
  const begin = node.kind === 'step' ? body?.shell?.({ node, root }) : undefined
  const env = { ...node.env, ...begin?.env }
  if (inContainer()) {
    const { execa } = await import('execa')
    const { endingWithThisProcess } = await import('../state/guard.ts')
    const { shellProgram } = await import('../execute/containers/shell.ts')
    const [program, ...args] = shellProgram(begin?.script)
    const scratch = mkdtempSync(join(tmpdir(), 'strux-shell-'))
    try {
      const { exitCode } = await endingWithThisProcess(
        () =>
          execa(program, args, {
            cwd: root,
            env: { ...machineEnvironment(process.env), STRUX_SCRATCH: scratch, ...env },
            extendEnv: false,
            stdio: 'inherit',
            reject: false,
          }),
        'cleanly',
      )
      return exitCode ?? 1
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  const executor = await dockerExecutor(workspace, notice)
  try {
    return await executor.shell({
      builder: node.builder,
      env,
      id: node.id,
      ...(begin && { first: begin.script }),
    })
  } finally {
    await executor.close()
  }
}

async function dockerExecutor(workspace: Workspace, notice: NoticeSink): Promise<DockerExecutor> {
  const { createDockerExecutor } = await import('../execute/containers/docker.ts')
  const mirror = workspace.project.config.builder?.mirror
  return createDockerExecutor({
    projectRoot: workspace.root,
    bsp: workspace.plan.bsp,
    mountAt: CONTAINER_ROOT,
    notice,
    caller: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    ...(mirror === undefined ? {} : { mirror }),
  })
}
