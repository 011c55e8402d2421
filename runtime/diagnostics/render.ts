/**
 * Diagnostics as text for people: the problem, its position, the source line with the part underlined, and the
 * fix.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from './diagnostic.ts'

type Paint = (text: string) => string

/** The functions of picocolors' `createColors` that are used here. */
export interface DiagnosticColors {
  readonly red: Paint
  readonly yellow: Paint
  readonly cyan: Paint
  readonly bold: Paint
  readonly dim: Paint
}

export interface RenderOptions {
  /** The project; the diagnostics' files are relative to it. */
  readonly root: string
  /** Default: plain text. */
  readonly colors?: DiagnosticColors
  /** Width of the terminal in columns; longer source lines are cut around the underlined part. Default: 100. */
  readonly width?: number
}

const plain: Paint = text => text
const NO_COLORS: DiagnosticColors = { red: plain, yellow: plain, cyan: plain, bold: plain, dim: plain }

const PAINT: Readonly<Record<Diagnostic['severity'], (colors: DiagnosticColors) => Paint>> = {
  error: colors => colors.red,
  warning: colors => colors.yellow,
  info: colors => colors.cyan,
}

/** By file, line and column; errors first at the same position. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.severity, b.severity) ||
      compare(a.code, b.code),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** All diagnostics, sorted, with a blank line between them and no line break at the end. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const sources = new Map<string, readonly string[]>()
  const linesOf = (file: string) => {
    let lines = sources.get(file)
    if (!lines) {
      lines = read(join(options.root, file))
      sources.set(file, lines)
    }
    return lines
  }
  return sortDiagnostics(diagnostics)
    .map(diagnostic => render(diagnostic, linesOf(diagnostic.file)[diagnostic.line - 1], options))
    .join('\n\n')
}

function read(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}

function render(diagnostic: Diagnostic, source: string | undefined, options: RenderOptions): string {
  const { severity, code, message, file, line, column, hint } = diagnostic
  const colors = options.colors ?? NO_COLORS
  const paint = PAINT[severity](colors)
  const lines = [
    `${paint(colors.bold(`${severity}[${code}]`))} ${colors.cyan(`${file}:${line}:${column}`)}`,
    ...visible(message, '\n')
      .split('\n')
      .map(text => `  ${text}`),
  ]
  if (source !== undefined && source.trim() !== '') {
    const number = String(line)
    const gutter = ' '.repeat(number.length)
    const room = Math.max(20, (options.width ?? 100) - number.length - 5)
    const { text, before, marked } = excerpt(source, column - 1, diagnostic.length ?? 1, room)
    lines.push(`  ${colors.dim(`${number} |`)} ${text}`)
    lines.push(`  ${colors.dim(`${gutter} |`)} ${' '.repeat(before)}${paint('~'.repeat(marked))}`)
  }
  if (hint !== undefined) lines.push(`  ${colors.cyan('hint:')} ${visible(hint)}`)
  return lines.join('\n')
}

interface Excerpt {
  readonly text: string
  /** In terminal columns. */
  readonly before: number
  readonly marked: number
}

const TAB = '    '

/** The line, cut to `room` columns so that the beginning of the span and some text before it are visible. */
function excerpt(source: string, start: number, length: number, room: number): Excerpt {
  // Indentation is removed: it carries no information, and tab stops of the terminal would shift the underline.
  const indent = Math.min(/^\s*/.exec(source)![0].length, start)
  const head = expand(source.slice(indent, start))
  const span = expand(source.slice(start, start + length))
  const tail = expand(source.slice(start + length))
  const keptHead =
    columns(head) > room / 2
      ? `…${fit([...head].reverse(), room / 3)
          .reverse()
          .join('')}`
      : head
  const keptSpan = cut(span, room - columns(keptHead))
  const keptTail = cut(tail, room - columns(keptHead) - columns(keptSpan))
  return {
    text: keptHead + keptSpan + keptTail,
    before: columns(keptHead),
    marked: Math.max(1, columns(keptSpan)),
  }
}

function cut(text: string, room: number): string {
  if (columns(text) <= room) return text
  return room < 1 ? '' : `${fit([...text], room - 1).join('')}…`
}

/** As many of the characters as fit into `room` columns. */
function fit(characters: readonly string[], room: number): string[] {
  const kept: string[] = []
  let used = 0
  for (const character of characters) {
    used += columns(character)
    if (used > room) break
    kept.push(character)
  }
  return kept
}

function expand(text: string): string {
  return visible(text.replaceAll('\t', TAB))
}

/** Escapes control characters: text from sources and messages must not control the terminal. */
function visible(text: string, except = ''): string {
  return text.replaceAll(/\p{Cc}/gu, character => (except.includes(character) ? character : '·'))
}

const DOUBLE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const NONE = /\p{Mn}|\p{Me}|\p{Cf}/u

/** The width in a terminal: East Asian characters and emoji take two columns, combining marks none. */
function columns(text: string): number {
  let width = 0
  for (const character of text) width += DOUBLE.test(character) ? 2 : NONE.test(character) ? 0 : 1
  return width
}
