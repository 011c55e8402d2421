/** Options that several commands share. */
import type { Command } from 'commander'
import type { SelectionOptions } from '../plan/selection.ts'

export interface GlobalOptions {
  readonly project?: string
  readonly verbose?: boolean
}

export interface EnableFlags {
  readonly enable?: string[]
}

/** For commands that plan a build. */
export function withEnable(command: Command): Command {
  return command.option(
    '--enable <names>',
    'also use these extensions of the project, separated by commas; may be repeated',
    (value: string, before: string[] | undefined) => [...(before ?? []), ...namesIn(value)],
  )
}

function namesIn(value: string): string[] {
  return value.split(/[\s,]+/).filter(name => name !== '')
}

export interface SelectionFlags {
  readonly only?: string[]
  readonly from?: string
  readonly until?: string
}

export function withSelection(command: Command): Command {
  return command
    .option('--only <id>', 'only this script or step, or all scripts of this hook; may be repeated', collect)
    .option('--from <id>', 'begin at this script, step or hook')
    .option('--until <id>', 'end with this script, step or hook')
}

export function selectionOf({ only, from, until }: SelectionFlags): SelectionOptions {
  return {
    ...(only ? { only } : {}),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  }
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}
