/** Finds where in the author's source an error was thrown, from its stack and the compiled module's source map. */
import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stackOfThrown } from '../diagnostics/thrown.ts'
import { type CompiledModule, projectPath } from './compile.ts'

export interface Position {
  /** Relative to the project. */
  readonly file: string
  readonly line: number
  readonly column: number
}

interface Frame {
  /** Absolute path. */
  readonly path: string
  readonly line: number
  readonly column: number
}

/** The first stack frame in a workspace file of the module; undefined if there is none. */
export function thrownAt(error: unknown, module: CompiledModule): Position | undefined {
  const stack = stackOfThrown(error)
  if (stack === undefined) return undefined
  const original = sourceMapOf(module)
  for (const frame of framesOf(stack)) {
    // With --enable-source-maps, or a loader that enables them, frames already name the author's files.
    const position = frame.path === module.output ? original(frame) : authored(frame, module)
    if (position) return position
  }
  return undefined
}

function authored({ path, line, column }: Frame, { root, inputs }: CompiledModule): Position | undefined {
  const file = projectPath(root, path)
  return inputs.some(input => input.file === file) ? { file, line, column } : undefined
}

function sourceMapOf(module: CompiledModule): (frame: Frame) => Position | undefined {
  let map: SourceMap | undefined
  return ({ line, column }) => {
    map ??= new SourceMap(JSON.parse(readFileSync(module.map, 'utf8')) as SourceMapPayload)
    // Both sides count from 0 here; a frame counts from 1.
    const entry = map.findEntry(line - 1, column - 1)
    if (!('originalSource' in entry)) return undefined
    const file = projectPath(module.root, resolve(module.root, entry.originalSource))
    if (!module.inputs.some(input => input.file === file)) return undefined
    return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
}

function* framesOf(stack: string): Generator<Frame> {
  const lines = stack.split('\n')
  const linking = linkingFrame(lines)
  if (linking) yield linking
  for (const text of lines) {
    const at = /^\s+at (.*)$/.exec(text)?.[1]
    if (at === undefined) continue
    const place = /\((.*)\)$/.exec(at)?.[1] ?? at.replace(/^async /, '')
    const parts = /^(.*):(\d+):(\d+)$/.exec(place)
    if (parts) yield frame(parts[1]!, Number(parts[2]), Number(parts[3]))
  }
}

/**
 * An unsatisfied import of a package throws before anything runs. The error shows `file:line`, the line, and a
 * mark below it.
 */
function linkingFrame(lines: readonly string[]): Frame | undefined {
  const parts = /^(\S.*):(\d+)$/.exec(lines[0] ?? '')
  const mark = lines[2]?.search(/\^/) ?? -1
  return parts && mark >= 0 ? frame(parts[1]!, Number(parts[2]), mark + 1) : undefined
}

function frame(place: string, line: number, column: number): Frame {
  if (!place.startsWith('file:')) return { path: place, line, column }
  const url = new URL(place)
  url.search = ''
  return { path: fileURLToPath(url), line, column }
}
