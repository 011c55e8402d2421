/** Writes a TypeScript module with the content of a YAML file, and its comments at the same keys. */
import { isCollection, type Node } from 'yaml'
import { keyText, quoted } from '../edit/print-value.ts'
import { OWN_STYLE } from '../edit/style.ts'
import { convert, type Key, type Slot, span } from '../yaml/convert.ts'
import type { YamlKind } from '../yaml/definition.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Comment, Comments } from './comments.ts'

/** @param value the file's definition, as corrected by the YAML reader */
export function moduleText(
  kind: YamlKind,
  document: Pick<YamlDocument, 'text' | 'document'>,
  value: object,
): string {
  const make = kind === 'bsp' ? 'defineBsp' : 'defineConfig'
  const writer = new Writer(document.text, (document.document?.contents ?? null) as Node | null)
  const { header, body } = writer.definition(kind, value)
  const above = header.map(line => `${line}\n`).join('')
  return `import { ${make} } from 'strux-bsp'\n\n${above}export default ${make}({\n${body.join('\n')}\n})\n`
}

/** A value to write, and its original in the file. */
interface Entry {
  readonly value: unknown
  /** The value before corrections: its parts have slots. */
  readonly raw: unknown
  readonly slot: Slot | undefined
}

class Writer {
  readonly #text: string
  readonly #comments: Comments
  readonly #root: unknown
  readonly #slots: ReturnType<typeof convert>['slots']
  readonly #lines: string[] = []
  /** The furthest written position in the file: its start and end. */
  #reached = 0
  #done = 0

  constructor(text: string, contents: Node | null) {
    this.#text = text
    this.#comments = new Comments(text)
    const { value, slots } = convert(contents)
    this.#root = value
    this.#slots = slots
  }

  definition(kind: YamlKind, value: object): { header: string[]; body: string[] } {
    const wrapper = kind === 'bsp' ? this.#slots.get(this.#root as object)?.get('bsp') : undefined
    const raw = kind === 'bsp' ? (this.#root as { bsp: object }).bsp : (this.#root as object)
    const header = this.#comments
      .before(wrapper ? this.#endOfLine(startOf(wrapper)) : this.#endOfHeader(raw))
      .filter(({ text }) => !text.startsWith('yaml-language-server:'))
    this.#members(value, raw, OWN_STYLE.unit)
    this.#lines.push(...this.#commentLines(OWN_STYLE.unit, this.#comments.before(Number.POSITIVE_INFINITY)))
    return { header: this.#commentLines('', header), body: this.#lines }
  }

  /** Comments before the first key, separated from it by a blank line, belong to the file. */
  #endOfHeader(raw: object): number {
    const first = Math.min(...[...(this.#slots.get(raw)?.values() ?? [])].map(startOf))
    const blank = [...this.#text.slice(0, first).matchAll(/\n[^\S\n]*(?=\r?\n)/g)].at(-1)
    return blank ? blank.index + 1 : 0
  }

  #members(value: object, raw: unknown, indent: string): void {
    const slots = typeof raw === 'object' && raw !== null ? this.#slots.get(raw) : undefined
    const isList = Array.isArray(value)
    let isFirst = true
    for (const [name, part] of Object.entries(value)) {
      const key: Key = isList ? Number(name) : name
      const entry = { value: part, raw: (raw as Record<Key, unknown> | null)?.[key], slot: slots?.get(key) }
      this.#member(isList ? '' : `${keyText(name, OWN_STYLE)}: `, entry, indent, isFirst)
      isFirst = false
    }
  }

  #member(prefix: string, { value, raw, slot }: Entry, indent: string, isFirst: boolean): void {
    const start = slot ? startOf(slot) : 0
    const end = slot ? endOf(slot) : 0
    const whole = this.#whole(value, slot, indent.length + prefix.length)
    // For a value written in one piece, comments inside it come before it.
    const before = this.#comments.before(whole === undefined ? start : Math.max(start, end))
    const place = Math.min(start, ...before.map(comment => comment.start))
    if (!isFirst && start > this.#reached && this.#followsBlank(place)) this.#lines.push('')
    this.#lines.push(...this.#commentLines(indent, before))
    this.#reached = Math.max(this.#reached, start)
    if (whole !== undefined) {
      this.#done = Math.max(this.#done, this.#trimmed(end))
      const comment = this.#comments.endingLine(end)
      this.#lines.push(`${indent}${prefix}${whole},${behind(comment)}`)
      return
    }
    const [open, close] = Array.isArray(value) ? '[]' : '{}'
    const inner = indent + OWN_STYLE.unit
    const comment = slot?.key ? this.#comments.endingLine(this.#colon(slot.key)) : undefined
    this.#lines.push(`${indent}${prefix}${open}${behind(comment)}`)
    this.#members(value as object, raw, inner)
    this.#lines.push(...this.#commentLines(inner, this.#atTheEnd(slot, end)))
    this.#lines.push(`${indent}${close},${behind(this.#comments.endingLine(end))}`)
  }

  /** Comments after the last member that still belong to the object or list. */
  #atTheEnd({ key, value }: Slot = { value: null }, end: number): Comment[] {
    if (!isCollection(value)) return []
    if (value.flow) {
      this.#done = Math.max(this.#done, end)
      return this.#comments.before(end)
    }
    const column = this.#column(span(value).start)
    // A list may stand below its key without indentation: comments after it belong to the next key.
    if (key && this.#column(span(key).start) === column) return []
    return this.#comments.behind(this.#done, column)
  }

  /** Comments on their own lines. A block keeps its inner indentation, because it may be disabled YAML. */
  #commentLines(indent: string, comments: readonly Comment[]): string[] {
    const lines: string[] = []
    for (let first = 0; first < comments.length; ) {
      let end = first + 1
      while (end < comments.length && this.#isNextLine(comments[end - 1]!, comments[end]!)) end++
      const block = comments.slice(first, end)
      const left = Math.min(...block.filter(({ text }) => text !== '').map(({ textColumn }) => textColumn))
      for (const comment of block)
        lines.push(
          line(indent, { text: comment.text && ' '.repeat(comment.textColumn - left) + comment.text }),
        )
      first = end
    }
    return lines
  }

  #isNextLine(one: Comment, next: Comment): boolean {
    return one.isAlone && next.isAlone && /^\r?\n[^\S\n]*$/.test(this.#text.slice(one.end, next.start))
  }

  /** The text of a value that needs no lines of its own for its parts. `before`: characters in its line so far. */
  #whole(value: unknown, slot: Slot | undefined, before: number): string | undefined {
    if (typeof value === 'string' && isText(value)) return template(value)
    const isObject = typeof value === 'object' && value !== null
    if (!isObject) return oneLine(value)
    const node = slot?.value
    const hasComment =
      slot && isCollection(node) && this.#comments.has(span(node).start, this.#trimmed(endOf(slot)))
    const text = oneLine(value)
    const fits = text !== undefined && before + text.length + 1 <= OWN_STYLE.width
    if (hasComment || !fits) return Object.keys(value).length === 0 ? text : undefined
    if (Object.keys(value).length === 0 || !isCollection(node) || node.flow) return text
    // A list of names is one line as long as it is short, and so is an object of one or two.
    const parts: unknown[] = Object.values(value)
    if (parts.some(each => typeof each === 'object')) return undefined
    return Array.isArray(value) || parts.length <= 2 ? text : undefined
  }

  #followsBlank(offset: number): boolean {
    const end = this.#text.lastIndexOf('\n', offset - 1)
    return end > 0 && this.#text.slice(this.#text.lastIndexOf('\n', end - 1) + 1, end).trim() === ''
  }

  #colon(key: Node): number {
    const { end } = span(key)
    return end + /^\s*:?[^\S\n]*[[{]?/.exec(this.#text.slice(end))![0].length
  }

  #column(offset: number): number {
    return offset - this.#text.lastIndexOf('\n', offset - 1) - 1
  }

  #endOfLine(offset: number): number {
    const end = this.#text.indexOf('\n', offset)
    return end < 0 ? this.#text.length : end
  }

  /** The end of what is written before the offset, blanks aside. */
  #trimmed(offset: number): number {
    return this.#text.slice(0, offset).trimEnd().length
  }
}

function startOf({ key, value }: Slot): number {
  return span(key ?? value ?? ({} as Node)).start
}

function endOf({ key, value }: Slot): number {
  return span(value ?? key ?? ({} as Node)).end
}

function line(indent: string, { text }: Pick<Comment, 'text'>): string {
  return `${indent}//${text === '' ? '' : ` ${text}`}`
}

function behind(comment: Comment | undefined): string {
  return comment ? ` ${line('', comment)}` : ''
}

/** Several lines: shown as lines. */
function isText(value: string): boolean {
  return value.trimEnd().includes('\n')
}

function template(value: string): string {
  const text = value
    .replaceAll(/[\\`]|\$(?=\{)/g, '\\$&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be escaped
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, escaped)
  return `\`${text}\``
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Undefined where a part of it needs lines. */
function oneLine(value: unknown): string | undefined {
  if (typeof value === 'string') return isText(value) ? undefined : quoted(value, OWN_STYLE)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const isList = Array.isArray(value)
  const parts = Object.entries(value).map(([key, part]) => {
    const text = oneLine(part)
    return text === undefined || isList ? text : `${keyText(key, OWN_STYLE)}: ${text}`
  })
  if (parts.includes(undefined)) return undefined
  if (isList) return `[${parts.join(', ')}]`
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}
