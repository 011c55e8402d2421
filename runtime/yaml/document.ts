/** A YAML file: its data, its YAML errors, and the position of every value. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Composer, type CST, type Document, isCollection, isScalar, type Node, Parser } from 'yaml'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { type Converted, convert, type Key, type Slot, span } from './convert.ts'
import { decode, Lines, type TextComplaint } from './text.ts'

/** Deeper than any definition needs, and within the limits of the parser's recursion. */
const DEEPEST = 100
/** Errors after the first few are usually consequences of them. */
const MOST_ERRORS = 20

export class YamlDocument {
  /** Relative to the project. */
  readonly file: string
  readonly text: string
  /** The parsed document, with comments; undefined if parsing failed. */
  readonly document: Document | undefined
  /** Plain data: objects have no prototype, and all aliases of an anchor share one object. */
  readonly data: unknown
  /** YAML errors of the file. If there is any, `data` must not be used. */
  readonly diagnostics: readonly Diagnostic[]
  readonly #lines: Lines
  readonly #slots: Converted['slots']
  readonly #used: Converted['used']

  constructor(file: string, bytes: Buffer) {
    this.file = file
    const { text, complaints } = decode(bytes)
    this.text = text
    this.#lines = new Lines(text)
    const parsed = complaints.length > 0 ? { complaints } : parse(text)
    this.document = 'document' in parsed ? parsed.document : undefined
    const isSound = !parsed.complaints.some(each => each.severity === 'error')
    const made = this.document && isSound ? convert(this.document.contents as Node | null) : undefined
    this.data = made?.value
    this.#slots = made?.slots ?? new WeakMap()
    this.#used = made?.used ?? new Set()
    this.diagnostics = [...parsed.complaints, ...(made?.complaints ?? [])].map(each => this.diagnostic(each))
  }

  get usable(): boolean {
    return this.document !== undefined && !this.diagnostics.some(each => each.severity === 'error')
  }

  diagnostic({ start, end, message, ...said }: TextComplaint): Diagnostic {
    // Only here are the lines of offsets known.
    const told = message.replaceAll(/\{line:(\d+)\}/g, (_, at: string) =>
      String(this.#lines.lineAt(Number(at))),
    )
    return { ...said, message: told, file: this.file, ...this.#lines.place(start, end) }
  }

  /** The position of the value under these keys, or of the nearest value around it. */
  place(keys: readonly Key[], at: Finding['at']): Pick<Diagnostic, 'file' | 'line' | 'column' | 'length'> {
    const { slot, complete } = this.#find(keys)
    const node = this.#shown(slot, complete && at === 'key')
    const { start, end } = node ? span(node) : { start: 0, end: this.text.length }
    return { file: this.file, ...this.#lines.place(start, end) }
  }

  /** A plain scalar as written in the file: `6.10`. */
  written(keys: readonly Key[]): string | undefined {
    const { slot, complete } = this.#find(keys)
    return complete && isScalar(slot.value) ? slot.value.source : undefined
  }

  /** Whether the value has an anchor that aliases refer to. */
  isAnchored(keys: readonly Key[]): boolean {
    const { slot, complete } = this.#find(keys)
    const { value } = slot
    return complete && (isScalar(value) || isCollection(value)) && this.#used.has(value.anchor ?? '')
  }

  #find(keys: readonly Key[]): { slot: Slot; complete: boolean } {
    let slot: Slot = { value: (this.document?.contents ?? null) as Node | null }
    let value = this.data
    for (const key of keys) {
      const next = typeof value === 'object' && value !== null ? this.#slots.get(value)?.get(key) : undefined
      if (!next) return { slot, complete: false }
      slot = next
      value = (value as Record<Key, unknown>)[key]
    }
    return { slot, complete: true }
  }

  /**
   * The node to underline for a value; the key for an empty value and for an object or list that begins below
   * its key.
   */
  #shown({ key, value }: Slot, asKey: boolean): Node | undefined {
    if (key && (asKey || value === null)) return key
    if (!value) return undefined
    const isBlock = isCollection(value) && !value.flow
    const isNothing = isScalar(value) && value.value === null && (value.source ?? '') === ''
    return key && (isBlock || isNothing) ? key : value
  }
}

/** @param file relative to the project */
export function readYaml(root: string, file: string): YamlDocument {
  return new YamlDocument(file, readFileSync(join(root, file)))
}

function parse(text: string): { document?: Document; complaints: readonly TextComplaint[] } {
  const error = (
    code: string,
    message: string,
    start: number,
    hint?: string,
  ): { complaints: TextComplaint[] } => ({
    complaints: [
      { severity: 'error', code, message, start, end: start + 1, ...(hint !== undefined && { hint }) },
    ],
  })
  const tokens = [...new Parser().parse(text)]
  const deep = tooDeep(tokens)
  if (deep !== undefined) return error('too_deep', `values are nested deeper than ${DEEPEST} levels`, deep)
  const options = {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
  } as const
  const [document, second] = [...new Composer(options).compose(tokens, true, text.length)]
  if (!document) return error('empty_file', 'the file is empty', 0)
  const complaints = [
    ...document.errors.slice(0, MOST_ERRORS).map(each => complaint(each, 'error', 'syntax_error')),
    ...document.warnings.slice(0, MOST_ERRORS).map(each => complaint(each, 'warning', 'yaml_warning')),
  ]
  if (second) {
    const hint = 'keep one document, without --- lines between'
    const message = 'the file has several documents'
    const start = second.range?.[0] ?? 0
    return { complaints: [...complaints, ...error('several_documents', message, start, hint).complaints] }
  }
  if (document.contents === null) return error('empty_file', 'the file has no content', 0)
  return { document, complaints }
}

function complaint(
  { message, pos: [start, end] }: { message: string; pos: [number, number] },
  severity: TextComplaint['severity'],
  code: string,
): TextComplaint {
  return { severity, code, message: message.slice(0, 300), start, end: Math.max(end, start + 1) }
}

/**
 * The offset at which tokens are nested too deeply for the parser. Uses its own stack, because recursion has a
 * limit too.
 */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const stack: (readonly [token: CST.Token, depth: number])[] = tokens.map(token => [token, 0])
  for (let top = stack.pop(); top; top = stack.pop()) {
    const [token, depth] = top
    if (depth > DEEPEST) return 'offset' in token ? token.offset : 0
    if (token.type === 'document' && token.value) stack.push([token.value, depth + 1])
    if ('items' in token) {
      for (const item of token.items) {
        if (item.key) stack.push([item.key, depth + 1])
        if (item.value) stack.push([item.value, depth + 1])
      }
    }
  }
  return undefined
}
