/** Hands the work of a node to an executor, and turns what it prints into events. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Executor } from '../execute/executor.ts'
import { isProgressLine, parseProgress } from '../execute/progress.ts'
import type { PlanNode, ScriptNode, StepNode } from '../plan/model.ts'
import type { Pipeline } from '../plan/pipeline.ts'
import { StruxError } from '../report/error.ts'
import type { Report } from '../report/events.ts'
import { logFile } from '../state/node-log.ts'
import type { StepBody } from '../steps/body.ts'
import { quoteForShell } from '../steps/shell/quote.ts'

export interface WorkPlace {
  readonly root: string
  readonly pipeline: Pipeline
  readonly executor: Executor
  readonly report: Report
  readonly signal: AbortSignal
}

/** A script, or a step's own, that ended with another code than 0. */
export class WorkFailed extends StruxError {
  constructor(node: PlanNode, exitCode: number) {
    super(`${node.id} failed with exit code ${exitCode}`, {
      exitCode,
      hint: afterFailure(node.env.PRESELECTED_BSP!, node.id),
    })
  }
}

function afterFailure(bsp: string, id: string): string {
  const word = quoteForShell(id)
  return `All that it printed is in ${logFile(bsp, id)} (\`strux log ${word} --bsp ${bsp}\`); \`strux shell ${bsp} --at ${word}\` opens a shell in the same surroundings.`
}

export async function runScript(node: ScriptNode, place: WorkPlace): Promise<void> {
  await bash(node, scriptText(node, place), {}, place)
}

export async function runStep(
  node: StepNode,
  body: StepBody,
  point: (at: string) => Promise<void>,
  place: WorkPlace,
): Promise<void> {
  await body.run({
    node,
    root: place.root,
    bash: (script, env = {}) => bash(node, script, env, place),
    bashOnHost: async (script, env) => {
      const { createHostExecutor } = await import('../execute/host.ts')
      await bash(node, script, env, {
        ...place,
        executor: createHostExecutor({ projectRoot: place.root, env: process.env }),
      })
    },
    point,
    progress: (message, percent) =>
      place.report({ type: 'progress', id: node.id, message, ...(percent === undefined ? {} : { percent }) }),
  })
}

async function bash(
  node: PlanNode,
  script: string,
  env: Readonly<Record<string, string>>,
  { executor, report, signal }: WorkPlace,
): Promise<void> {
  const { id, builder } = node
  const exitCode = await executor.run(
    { id, builder, script, env: { ...node.env, ...env } },
    (stream, line) => {
      const progress = parseProgress(line)
      if (!progress && isProgressLine(line)) return
      return report(
        progress ? { type: 'progress', id, ...progress } : { type: 'node_output', id, stream, line },
      )
    },
    signal,
  )
  if (exitCode !== 0) throw new WorkFailed(node, exitCode)
}

/** The script's own text, or with the bash of its harness around it. */
function scriptText(node: ScriptNode, { root, pipeline }: WorkPlace): string {
  const { source, harness } = node
  if (harness) {
    const surround = pipeline.vocabularies.map(each => each.harnesses?.[harness.name]).find(each => each)!
    const seenRoot = node.env.PROJECT_FOLDER!
    return surround(
      source.kind === 'file' ? { file: posix.join(seenRoot, source.path) } : { text: source.text },
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
