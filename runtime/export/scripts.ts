/**
 * Converts scripts to YAML: each becomes a file, with one entry per hook and file, and dependencies that are
 * files.
 */

import { readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { ProjectScriptData, ScriptData } from '../../lib/schema.ts'
import { quoteForShell } from '../../lib/sh.ts'
import { liesIn, resolveArtifact, resolveLocation } from '../model/paths.ts'
import type { BoardScript } from '../plan/input.ts'
import { stepScript } from '../steps/package-files.ts'
import { type DependencyContext, listDependencies } from './dependencies.ts'
import { Commented, commentLines } from './emit.ts'

export interface ScriptContext extends DependencyContext {
  /** By index, the scripts that a board provides. */
  readonly boards?: readonly (BoardScript | undefined)[]
  /** The hook and file of every entry so far. */
  readonly entries: Set<string>
}

/** An entry of `scripts` in YAML. */
export interface YamlScript {
  readonly step: string
  readonly location: string
  readonly description?: string
  readonly depends_on?: readonly string[]
  readonly cached_generated_artifacts?: readonly string[]
}

export interface ExportedScript {
  readonly comment: readonly string[]
  readonly entry: YamlScript
  /** Whether it has inputs that YAML's `depends_on` cannot express. */
  readonly readsMore: boolean
}

/** Writes the script's text to a file of the exported project. */
export async function exportScript(
  data: ScriptData | ProjectScriptData,
  hook: string,
  index: number,
  context: ScriptContext,
): Promise<ExportedScript> {
  const artifacts = data.cached_generated_artifacts ?? []
  const own = artifacts.flatMap(path => {
    const resolved = resolveArtifact(path, context.roots)
    return 'path' in resolved ? [resolved.path] : []
  })
  const { paths, dropped } = await listDependencies(data.depends_on ?? [], own, context)
  const location = place(data, hook, index, context)
  // A script that is skipped despite a changed input gives a wrong result; one that runs too often is only
  // slow.
  const runsAlways = dropped.length > 0 && artifacts.length > 0
  const tools = 'tools' in data ? data.tools : undefined
  const comment = [
    ...(data.id === undefined ? [] : commentLines(`id: ${data.id}`)),
    ...(tools ? commentLines(`tools: ${tools.join(', ') || 'none'}`) : []),
    ...dropped.flatMap(path =>
      commentLines(`depends_on that is left out, because it is not a file: ${path}`),
    ),
    ...(runsAlways
      ? [
          'Without that it must run every time, so these are left out too:',
          ...artifacts.flatMap(commentLines),
        ]
      : []),
  ]
  const entry: YamlScript = {
    step: hook,
    location,
    ...(data.description !== undefined && { description: data.description }),
    ...(paths.length > 0 && { depends_on: paths }),
    ...(artifacts.length > 0 && !runsAlways && { cached_generated_artifacts: artifacts }),
  }
  return { comment, entry, readsMore: dropped.length > 0 }
}

function place(
  data: ScriptData | ProjectScriptData,
  hook: string,
  index: number,
  context: ScriptContext,
): string {
  const { files, part, layout, root, roots, entries } = context
  const board = context.boards?.[index]
  const isTaken = (path: string) => exists(join(root, layout.from, posix.relative(layout.to, path)))
  if (data.run) {
    const base = posix.join(
      layout.to,
      'scripts',
      `${hook}${data.id === undefined ? '' : `-${slug(data.id)}`}.sh`,
    )
    const path = files.free(base, isTaken)
    files.text(part, path, ended(withWhatItNeeds(data.run.text, hook, board, context)), EXECUTABLE)
    return layout.own(path)
  }
  const declared = data.location ?? ''
  const resolved = resolveLocation(declared, roots)
  if (!('path' in resolved)) return declared
  const target = layout.place(resolved.path)
  const again = resolveLocation(declared, { ...roots, own: layout.to })
  const isSame = 'path' in again && again.path === target
  const changed = textOf(join(root, resolved.path), hook, board, context)
  const key = (path: string) => `${hook} ${path}`
  const path = entries.has(key(target)) ? files.free(target, isTaken) : target
  entries.add(key(path))
  if (changed === undefined) files.copy(part, resolved.path, path)
  else files.text(part, path, changed, statSync(join(root, resolved.path)).mode & 0o7777)
  return isSame && path === target ? declared : layout.own(path)
}

/** The script's text with the code it needs before it; undefined if nothing has to be added. */
function textOf(
  file: string,
  hook: string,
  board: BoardScript | undefined,
  context: ScriptContext,
): string | undefined {
  if ((!board && hook !== 'rootfs_post') || !exists(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const changed = withWhatItNeeds(text, hook, board, context)
  return changed === text ? undefined : changed
}

/** The environment that other tools do not provide, or provide differently. */
function withWhatItNeeds(
  text: string,
  hook: string,
  board: BoardScript | undefined,
  context: ScriptContext,
): string {
  const lines = boardFolder(text, board, context) + (hook === 'rootfs_post' ? chrootFunctions(text) : '')
  const first = /^#!.*\n/.exec(text)?.[0] ?? ''
  return first + lines + text.slice(first.length)
}

/** Functions of other tools take one command line; ours also take the words of a command. */
function chrootFunctions(text: string): string {
  if (!/\b(run_in_chroot|strux_chroot)\b/.test(text)) return ''
  const functions = stepScript('rootfs_script/functions.sh')
  // A re-exported import already has them.
  return text.includes(functions) ? '' : functions
}

/** Other tools do not tell a script its board's folder. */
function boardFolder(text: string, board: BoardScript | undefined, { layout }: ScriptContext): string {
  if (!board || !/\bBOARD_FOLDER\b/.test(text)) return ''
  const folder = layout.place(board.folder)
  const inBsp = liesIn(folder, layout.to)
  const [variable, rest] = inBsp
    ? ['BSP_FOLDER', posix.relative(layout.to, folder)]
    : ['PROJECT_FOLDER', folder]
  return `export BOARD_FOLDER="$${variable}"${rest === '' ? '' : `/${quoteForShell(rest)}`}\n`
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

const EXECUTABLE = 0o755

const ended = (text: string) => (text.endsWith('\n') || text === '' ? text : `${text}\n`)

const slug = (id: string) => id.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)

export function commented({ comment, entry }: { comment: readonly string[]; entry: YamlScript }): Commented {
  return new Commented(comment, entry)
}
