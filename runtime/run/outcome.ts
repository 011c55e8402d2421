/** The last event of a build: its outputs, or its failure. */

import { StruxError } from '../diagnostics/error.ts'
import { outputFolder } from '../model/paths.ts'
import type { BuildEvent } from '../report/events.ts'
import type { BuildOptions } from './build-state.ts'

export function finishedEvent(options: BuildOptions, duration_ms: number, failure: unknown): BuildEvent {
  const about = { type: 'build_finished', duration_ms } as const
  if (failure === undefined) return { ...about, ok: true, outputs: outputsOf(options) }
  return { ...about, ok: false, outputs: [], error: inWords(failure) }
}

function inWords(error: unknown): { message: string; hint?: string } {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof StruxError && error.hint ? { message, hint: error.hint } : { message }
}

/** The declared artifacts of the selected nodes in the output folder. */
function outputsOf({ plan, selection, fileStates }: BuildOptions): string[] {
  const folder = `${outputFolder(plan.bsp)}/`
  const made = plan.nodes.flatMap((node, index) => (selection.has(index) ? node.artifacts : []))
  const paths = made.map(ref => ref.path).filter(path => path.startsWith(folder) && fileStates.exists(path))
  return [...new Set(paths)]
}
