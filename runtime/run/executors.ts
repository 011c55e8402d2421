/** Chooses where the commands of this process run, and makes what they need. */

import { homedir } from 'node:os'
import { join } from 'node:path'
import { hashText } from '../cache/hash-memo.ts'
import { type KnownBuilders, OneBuilder, RememberedBuilders } from '../cache/known-builders.ts'
import type { DockerExecutor } from '../execute/containers/docker.ts'
import { resolveEndpoint, showEndpoint } from '../execute/engine/endpoint.ts'
import type { Executor, NoticeSink } from '../execute/executor.ts'
import { machineEnvironment } from '../execute/host/script-environment.ts'
import { machineIdentity } from '../execute/images/installed-packages.ts'
import { abandonedNotes } from '../execute/ownership/notes.ts'
import type { BuilderRef, PlanNode } from '../model/plan.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { stateFolder } from '../state/state-folder.ts'
import { inContainer, type Workspace } from './workspace.ts'

export interface OpeningOptions {
  readonly notice: NoticeSink
  readonly signal: AbortSignal
  /** Holds the lock on what BSPs share: builder images are made by one process at a time. */
  readonly whileShared: <T>(work: () => Promise<T>) => Promise<T>
}

/** What is known of builders before an engine is asked: on this machine itself, of this machine. */
export function knownBuilders(): KnownBuilders {
  if (inContainer()) return new OneBuilder(machineIdentity())
  const home = homedir()
  let engine = 'unknown'
  try {
    engine = showEndpoint(resolveEndpoint({ env: process.env, home }))
  } catch {
    // Said when the engine is needed.
  }
  const folder = join(process.env.XDG_CACHE_HOME || join(home, '.cache'), 'strux/builders')
  return new RememberedBuilders(join(folder, hashText(engine).slice(0, 16)))
}

/** Inside a builder container commands run right here; else in containers, whose images are made first. */
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
  // Also those of nodes that seem up to date: another image may stand there now.
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
 * After a build that was killed, files of root's may bar a caller who is not root from looking at what decisions are
 * made of: they are given to the caller first. True where that was done. Whoever calls this holds the BSP's lock.
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
      // The executor puts everything in order before its first command.
      await (await executor.open({ id: 'strux', builder }, signal)).close()
      return true
    }
    return false
  } finally {
    await executor.close()
  }
}

/** A shell where the node's script would run; resolves with its exit code. */
export async function openShell(workspace: Workspace, node: PlanNode): Promise<number> {
  if (inContainer()) {
    const { execa } = await import('execa')
    const { exitCode } = await execa('/bin/bash', {
      cwd: workspace.root,
      env: { ...machineEnvironment(process.env), ...node.env },
      extendEnv: false,
      stdio: 'inherit',
      reject: false,
    })
    return exitCode ?? 1
  }
  const executor = await dockerExecutor(workspace, message => process.stderr.write(`${message}\n`))
  try {
    return await executor.shell({ builder: node.builder, env: node.env, id: node.id })
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
