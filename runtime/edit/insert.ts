/**
 * Adds members to an object or list in the author's text. The syntax tree gives the position; only the text
 * there changes, so that the rest, including comments, keeps every byte.
 */
import type { ArrayLiteralExpression, Node as MorphNode, ObjectLiteralExpression } from 'ts-morph'
import type { Style } from './style.ts'

/** Offsets in the module's text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Literal {
  readonly node: ObjectLiteralExpression | ArrayLiteralExpression
  readonly members: readonly MorphNode[]
  readonly hasTrailingComma: boolean
}

/** The text of a new member. `indent` is its line's indentation; `before` is the number of characters before it. */
export type Print = (indent: string, before: number) => string

export function objectLiteral(node: ObjectLiteralExpression): Literal {
  return {
    node,
    members: node.getProperties(),
    hasTrailingComma: node.compilerNode.properties.hasTrailingComma ?? false,
  }
}

export function arrayLiteral(node: ArrayLiteralExpression): Literal {
  return {
    node,
    members: node.getElements(),
    hasTrailingComma: node.compilerNode.elements.hasTrailingComma ?? false,
  }
}

/** @param after index of the member to insert after; default: after the last */
export function insertion(
  literal: Literal,
  entries: readonly Print[],
  style: Style,
  after = literal.members.length - 1,
): Edit[] {
  const text = literal.node.getSourceFile().getFullText()
  const isOneLine = literal.node.getStartLineNumber() === literal.node.getEndLineNumber()
  const place = { literal, text, style, indent: indentAt(text, literal.node.getStart()) }
  if (isOneLine) return intoLine(place, entries, after)
  return literal.members.length === 0 ? intoEmptyLines(place, entries) : intoLines(place, entries, after)
}

export function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce((all, { start, end, text: put }) => all.slice(0, start) + put + all.slice(end), text)
}

interface Insertion {
  readonly literal: Literal
  readonly text: string
  readonly style: Style
  /** The indentation of the line where the literal begins. */
  readonly indent: string
}

function intoLine(place: Insertion, entries: readonly Print[], after: number): Edit[] {
  const { literal, text, style, indent } = place
  const { node, members } = literal
  const [start, end] = [node.getStart(), node.getEnd()]
  const inner = text.slice(start + 1, end - 1)
  const pieces = entries.map(print => print(indent, 0))
  const rest = lineEnd(text, start) - lineStart(text, start)
  const added = pieces.reduce((sum, piece) => sum + piece.length + 2, 0)
  // A line that is already longer shows the author's preference.
  const isLong = rest > style.width
  const fits = pieces.every(piece => !piece.includes('\n')) && (isLong || rest + added <= style.width)
  const hasComment = inner.includes('/*')
  if (members.length === 0) {
    if (hasComment) return [put(end - 1, ` ${pieces.join(', ')} `)]
    const [open, close] = [text[start]!, text[end - 1]!]
    const pad = open === '{' ? ' ' : ''
    const line = `${open}${pad}${pieces.join(', ')}${pad}${close}`
    if (fits) return [{ start, end, text: line }]
    return [{ start, end, text: broken(place, [], entries, after) }]
  }
  if (fits || hasComment) {
    const at = pastBlockComments(text, members[after]!.getEnd())
    return [put(at, pieces.map(piece => `, ${piece}`).join(''))]
  }
  const own = members.map(member => member.getText())
  return [{ start, end, text: broken(place, own, entries, after) }]
}

/** The literal with one line per member. */
function broken(
  { literal, text, style, indent }: Insertion,
  own: readonly string[],
  entries: readonly Print[],
  after: number,
): string {
  const inner = indent + style.unit
  const made = entries.map(print => print(inner, inner.length))
  const all = [...own.slice(0, after + 1), ...made, ...own.slice(after + 1)]
  const { node } = literal
  const end = style.trailingComma ? ',' : ''
  const lines = all.join(`,${style.newline}${inner}`)
  return `${text[node.getStart()]}${style.newline}${inner}${lines}${end}${style.newline}${indent}${text[node.getEnd() - 1]}`
}

/** Between the brackets are only comments and blank lines. */
function intoEmptyLines({ literal, text, style, indent }: Insertion, entries: readonly Print[]): Edit[] {
  const inner = indent + style.unit
  const close = literal.node.getEnd() - 1
  const made = entries.map(print => print(inner, inner.length))
  const lines = `${inner}${made.join(`,${style.newline}${inner}`)}${style.trailingComma ? ',' : ''}${style.newline}`
  const line = lineStart(text, close)
  const isAlone = text.slice(line, close).trim() === ''
  return [isAlone ? put(line, lines) : put(close, `${style.newline}${lines}${indent}`)]
}

function intoLines(place: Insertion, entries: readonly Print[], after: number): Edit[] {
  const { literal, text, style, indent } = place
  const { node, members, hasTrailingComma } = literal
  const first = members.find(member => beginsLine(text, member.getStart()))
  const isHugging = !first || (first !== members[0] && !beginsLine(text, node.getEnd() - 1))
  if (isHugging) {
    // `[{ … }, { … }]`: the new one begins where the last one ends.
    const at = members.at(-1)!.getEnd()
    return [put(at, entries.map(print => `, ${print(indent, indent.length)}`).join(''))]
  }
  const inner = indentAt(text, first.getStart())
  const made = entries.map(print => `${style.newline}${inner}${print(inner, inner.length)}`)
  // A new line cannot follow a member that shares its line with the next one.
  let index = Math.max(0, after)
  const behind = (at: number) => {
    const end = members[at]!.getEnd()
    const comma = at < members.length - 1 || hasTrailingComma ? commaAfter(text, end) : undefined
    return { end, comma, rest: restOfLine(text, comma ?? end) }
  }
  let found = behind(index)
  while (found.rest === undefined && index < members.length - 1) found = behind(++index)
  const isLast = index === members.length - 1
  const { end, comma, rest } = found
  const at = rest ?? comma ?? end
  const last = !isLast || hasTrailingComma ? ',' : ''
  const lines = made.join(',') + last
  if (comma !== undefined) return [put(at, lines)]
  return at === end ? [put(end, `,${lines}`)] : [put(end, ','), put(at, lines)]
}

function put(at: number, text: string): Edit {
  return { start: at, end: at, text }
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))![0]
}

function beginsLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).trim() === ''
}

/** The offset after the next comma, skipping comments. */
function commaAfter(text: string, at: number): number {
  const match = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/.exec(text.slice(at))
  return at + (match?.[0].length ?? 0)
}

function pastBlockComments(text: string, at: number): number {
  return at + /^(?:[ \t]*\/\*[\s\S]*?\*\/)*/.exec(text.slice(at))![0].length
}

/** The end of the line, if only comments precede it. */
function restOfLine(text: string, at: number): number | undefined {
  const match = /^(?:[ \t]|\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)*(?=\r?\n)/.exec(text.slice(at))
  return match ? at + match[0].length : undefined
}
