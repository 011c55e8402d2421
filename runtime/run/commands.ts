/** Passes the commands of a node to an executor, and turns their output into events. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { quoteForShell } from '../../lib/sh.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { Command, WorkSession } from '../execute/executor.ts'
import { isProgressLine, parseProgress } from '../execute/progress.ts'
import type { CalledScript, Plan, PlanNode, ScriptNode, ScriptSource } from '../model/plan.ts'
import { hookNamed } from '../plan/pipeline.ts'
import { logFile } from '../state/node-log.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { nameOf, placeIn, scriptIn, whereIs, whereIsScript } from './handler-failure.ts'
import { withVariables } from './session-variables.ts'

/** A script or step ended with a non-zero exit code. */
export class WorkFailed extends StruxError {
  readonly id: string
  /** @param where for a handler of an extension or a script of a package: its place, for the end of the message */
  constructor(node: PlanNode, { bsp }: Plan, exitCode: number, where = '') {
    const { id } = node
    const word = quoteForShell(id)
    const name = node.kind === 'script' && node.handler ? nameOf(node.handler) : id
    super(`${name} failed with exit code ${exitCode}${where}`, {
      exitCode,
      hint: `Its full output is in ${logFile(bsp, id)} (\`strux log ${word} --bsp ${bsp}\`). \`strux shell ${bsp} --at ${word}\` opens a shell in the same environment.`,
    })
    this.id = id
  }
}

/** Runs a script in its own session, or in the session of the step that it works inside. */
export async function runScript(
  node: ScriptNode,
  context: CommandContext,
  inside?: StepSession,
): Promise<void> {
  const { source, handler } = node
  const { records } = context
  if (handler) records?.ran(handler)
  const reader = handler && readsRecords(node, context) ? records : undefined
  await reader?.write()
  if (source.kind === 'function') {
    const { callHandler } = await import('./handler-context.ts')
    const call = (session: WorkSession, env: Readonly<Record<string, string>>) =>
      callHandler(node, source, { session, env }, context, reader)
    if (inside) await call(inside.session, { ...inside.env, ...node.env })
    else await withSession(node, context, session => call(session, node.env))
    return
  }
  const text = scriptText(node, source, context)
  const script = reader ? `${reader.maps}; ${text}` : text
  if (node.runs_in === 'session' && inside) {
    const { variablesFile } = inside.session
    const env = { ...inside.env, ...node.env }
    await run(node, inside.session, { script: withVariables(script, variablesFile, node.sets), env }, context)
    return
  }
  if (node.runs_in === 'host') await runOnHost(node, { script, env: {} }, context)
  else await withSession(node, context, session => run(node, session, { script, env: node.env }, context))
}

/** Whether the handler's hook is for the records of hook calls. */
function readsRecords({ hook }: ScriptNode, { pipeline }: CommandContext): boolean {
  return hookNamed(pipeline, hook)?.row.records ?? false
}

export async function runOnHost(
  node: PlanNode,
  { script, env }: Command,
  context: CommandContext,
): Promise<void> {
  const { createHostExecutor } = await import('../execute/host/host.ts')
  const executor = createHostExecutor({ projectRoot: context.root, env: process.env })
  await withSession(node, { ...context, executor }, session =>
    run(node, session, { script, env: { ...node.env, ...env } }, context),
  )
}

async function withSession(
  node: PlanNode,
  { executor, signal }: CommandContext,
  work: (session: WorkSession) => Promise<void>,
): Promise<void> {
  const session = await executor.open(node, signal)
  try {
    await work(session)
  } finally {
    await session.close()
  }
}

export async function run(
  node: PlanNode,
  session: WorkSession,
  command: Command,
  { plan, report, signal }: CommandContext,
): Promise<void> {
  const { id } = node
  const handler = node.kind === 'script' ? node.handler : undefined
  let stopped: string | undefined
  let called: CalledScript | undefined
  const exitCode = await session.run(
    command,
    (stream, line) => {
      if (stream === 'stderr') {
        if (handler) stopped = placeIn(line) ?? stopped
        else if (node.kind === 'step') called = scriptIn(line) ?? called
      }
      const progress = parseProgress(line)
      if (!progress && isProgressLine(line)) return
      return report(
        progress ? { type: 'progress', id, ...progress } : { type: 'node_output', id, stream, line },
      )
    },
    signal,
  )
  if (exitCode === 0) return
  const where =
    node.kind === 'step'
      ? called && (await whereIsScript(node, called))
      : handler && (await whereIs(handler, stopped))
  throw new WorkFailed(node, plan, exitCode, where)
}

/** The script's text, wrapped in the bash of its harness if it has one. */
function scriptText(
  node: ScriptNode,
  source: Exclude<ScriptSource, { kind: 'function' }>,
  { root, pipeline }: CommandContext,
): string {
  const { harness, handler, call } = node
  if (harness) {
    const surround = pipeline.vocabularies.map(each => each.harnesses?.[harness.name]).find(each => each)!
    const seenRoot = node.env.PROJECT_FOLDER!
    return surround(
      source.kind === 'file' ? { file: posix.join(seenRoot, source.path) } : { text: source.text },
      handler,
      call,
    )
  }
  return source.kind === 'inline' ? source.text : readScript(join(root, source.path), source.path)
}

function readScript(file: string, path: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StruxError(`cannot read the script ${path}: ${(error as Error).message}`)
  }
}
