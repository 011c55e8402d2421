/** A look before the build whether loop devices can be had: some handlers of extensions work in the mounted image. */
import { StruxError } from '../diagnostics/error.ts'
import { type Executor, runOnce } from '../execute/executor.ts'
import type { Plan, StepNode } from '../model/plan.ts'

const TRY = `free=$(losetup -f) || exit 1
[ -b "$free" ] || mknod "$free" b 7 "\${free#/dev/loop}" || exit 1
file=$(mktemp) && truncate -s 1M "$file" && device=$(losetup --show -f "$file") && losetup -d "$device"`

/** Rejects with a StruxError that names the handlers. One container start, only for a step that needs it. */
export async function requireLoopDevices(
  step: StepNode,
  { nodes }: Plan,
  executor: Pick<Executor, 'open'>,
  signal: AbortSignal,
): Promise<void> {
  const said: string[] = []
  const { id, builder, env } = step
  const command = { script: TRY, env, builder, id }
  const code = await runOnce(executor, command, (_, line) => void said.push(line), signal)
  if (code === 0) return
  const handlers = nodes.flatMap(node => (node.kind === 'script' && node.inside === id ? [node.id] : []))
  const because = said.length > 0 ? ` (${said.at(-1)})` : ''
  throw new StruxError(`no loop device can be had here${because}, and handlers work in the mounted image`, {
    hint: `strux doctor tells what this machine allows. The step ${id} has the handlers ${handlers.join(', ')}; without those that need LOOP or MOUNT, the image is made without a loop device.`,
  })
}
