/** A project in a temporary folder, and an executor for it that collects what scripts print. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Caller } from '../../../runtime/execute/containers/caller.ts'
import { createDockerExecutor, type DockerExecutor } from '../../../runtime/execute/containers/docker.ts'
import { projectLabel } from '../../../runtime/execute/containers/leftovers.ts'
import { connectEngine } from '../../../runtime/execute/engine/engine.ts'
import { runOnce } from '../../../runtime/execute/executor.ts'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { builderFor } from '../../../runtime/plan/builder.ts'

/** With losetup and mkfs; made once on a machine, some 30 s. */
export const builder = builderFor({
  suite: 'trixie',
  tools: ['image'],
  target: hostArch(),
  host: hostArch(),
  hostPackages: [],
})

export interface Outcome {
  readonly code: number
  readonly lines: string[]
  readonly stdout: string[]
  readonly stderr: string[]
}

export class TestProject {
  readonly root = mkdtempSync(join(tmpdir(), 'strux-execute-'))
  readonly executor: DockerExecutor
  readonly notices: string[] = []

  constructor(caller: Caller = { uid: 0, gid: 0 }) {
    chmodSync(this.root, 0o755)
    this.executor = createDockerExecutor({
      projectRoot: this.root,
      bsp: 'lobby',
      notice: message => this.notices.push(message),
      caller,
    })
  }

  async run(
    script: string,
    env: Record<string, string> = {},
    signal = new AbortController().signal,
    onLine?: (line: string) => void,
  ): Promise<Outcome> {
    const stdout: string[] = []
    const stderr: string[] = []
    const lines: string[] = []
    const code = await runOnce(
      this.executor,
      { script, env, builder, id: 'test' },
      (stream, line) => {
        ;(stream === 'stdout' ? stdout : stderr).push(line)
        lines.push(line)
        onLine?.(line)
      },
      signal,
    )
    return { code, lines, stdout, stderr }
  }

  async remove(): Promise<void> {
    await this.executor.close()
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** The containers of a project that the engine still knows, running or not. */
export async function containersOf(root: string): Promise<string[]> {
  const { docker } = await connectEngine()
  const label = [`strux.project=${projectLabel(root)}`]
  return (await docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id)
}

/** Files of the loop devices in use, as the kernel shows them, with their devices. */
export function loopDevices(): string {
  return execFileSync('bash', [
    '-c',
    'grep -H . /sys/block/loop*/loop/backing_file 2>/dev/null || true',
  ]).toString()
}

export async function until(what: string, milliseconds: number, holds: () => Promise<boolean> | boolean) {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
