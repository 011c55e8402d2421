/** Runs the commands of a step in one session, with handlers at its points. */
import type { StepNode } from '../model/plan.ts'
import type { StepBody, StepCommand } from '../plan/body.ts'
import { placeDeviceSources } from '../steps/package-files.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { run, runOnHost } from './commands.ts'
import { withVariables } from './session-variables.ts'

type Run = StepCommand & { readonly kind: 'run' }

/** Time limit in ms for the cleanup of a cancelled step. */
const CLEANUP_TIMEOUT = 10_000

/** Runs the handlers at a point of the step. */
export type AtPoint = (at: string, inside: () => Promise<StepSession>) => Promise<void>

/** The session is opened for the first command that needs it. */
export async function runStep(
  node: StepNode,
  body: StepBody,
  point: AtPoint,
  place: CommandContext,
): Promise<void> {
  let opened: StepSession | undefined
  const inside = async (env = {}): Promise<StepSession> => {
    opened ??= { session: await place.executor.open(node, place.signal), env: node.env }
    return { session: opened.session, env: { ...node.env, ...env } }
  }
  const guests = guestsOf(node, place)
  const busy = new Set(guests.map(each => each.at))
  const all = body.commands({ node, root: place.root })
  // The variables at every point are wanted.
  if (place.records?.wanted) for (const each of all) if (each.kind === 'point') busy.add(each.at)
  const { library } = body
  const shared = library !== undefined || guests.some(each => each.runs_in === 'session')
  const perform = async ({ script, env }: Run, signal: AbortSignal): Promise<void> => {
    const { session } = await inside()
    const text = library === undefined ? script : `${library}\n${script}`
    await run(
      node,
      session,
      {
        script: shared ? withVariables(text, session.variablesFile) : text,
        env: { ...node.env, ...env },
      },
      { ...place, signal },
    )
  }
  /** A condition is only asked where handlers wait for its answer. */
  const isReached = async ({ at, when }: StepCommand & { kind: 'point' }): Promise<boolean> => {
    if (when === undefined) return true
    if (!busy.has(at)) return false
    const { session } = await inside()
    const script = withVariables(when, session.variablesFile)
    return (await session.run({ script, env: node.env }, () => undefined, place.signal)) === 0
  }
  const cleanup = all.filter((each): each is Run => each.kind === 'run' && each.always === true)
  const work = all.filter(each => !cleanup.includes(each as Run))
  try {
    for (const command of library === undefined ? work : joined(work, busy)) {
      if (command.kind === 'point') {
        if (await isReached(command)) await point(command.at, () => inside(command.env))
      } else if (command.kind === 'sources') placeDeviceSources(command.name, place.root)
      else if (command.kind === 'host') await runOnHost(node, command, place)
      else await perform(command, place.signal)
    }
  } catch (error) {
    // The step's own failure says more than one of its cleanup.
    await cleanUp(true).catch(() => {})
    throw error
  }
  await cleanUp(false)

  async function cleanUp(failed: boolean): Promise<void> {
    if (!opened) return
    const { session } = opened
    try {
      if (place.signal.aborted) await session.interrupt()
      for (const command of cleanup)
        await perform(command, failed ? AbortSignal.timeout(CLEANUP_TIMEOUT) : place.signal)
    } finally {
      await session.close()
    }
  }
}

/** The scripts and handlers that work inside the step. */
const guestsOf = (node: StepNode, { plan }: CommandContext) =>
  plan.nodes.flatMap(each => (each.kind === 'script' && each.inside === node.id ? [each] : []))

/** Joins the commands that follow each other, apart from points without handlers. */
function joined(
  commands: readonly StepCommand[],
  busy: ReadonlySet<string | undefined>,
): readonly StepCommand[] {
  const result: StepCommand[] = []
  let last: Run | undefined
  for (const command of commands) {
    if (command.kind === 'run' && last && last.env === command.env) {
      const both: Run = { ...last, script: `${last.script}\n${command.script}` }
      result[result.indexOf(last)] = both
      last = both
      continue
    }
    result.push(command)
    if (command.kind === 'run') last = command
    else if (command.kind !== 'point' || busy.has(command.at)) last = undefined
  }
  return result
}
