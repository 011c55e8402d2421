/**
 * Converts the parsed document to plain data, with the position of every value. All aliases of an anchor share
 * one object, so that a document with nested aliases needs little memory. The size of the fully expanded
 * document is counted and limited.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { readElsewhereAs } from './read-differently.ts'
import type { TextComplaint } from './text.ts'

export type Key = string | number

/** The position of a value: its node, and the node of its key. */
export interface Slot {
  readonly key?: Node
  /** Null if there is no value. */
  readonly value: Node | null
}

/** Limit on values after alias expansion: a thousand scripts with all their inputs need a third of this. */
const MOST_VALUES = 100_000
/** No object in a definition has free-form keys. */
const MOST_KEYS = 200

interface Anchor {
  readonly value: unknown
  /** Number of values, including itself. */
  readonly size: number
}

export interface Converted {
  readonly value: unknown
  readonly complaints: readonly TextComplaint[]
  /** The slots of an object's or list's values. */
  readonly slots: WeakMap<object, ReadonlyMap<Key, Slot>>
  /** Anchors that an alias refers to. */
  readonly used: ReadonlySet<string>
}

export function convert(root: Node | null): Converted {
  const converter = new Converter()
  const value = converter.value(root)
  return { value, complaints: converter.complaints, slots: converter.slots, used: converter.used }
}

class Converter {
  readonly complaints: TextComplaint[] = []
  readonly slots = new WeakMap<object, Map<Key, Slot>>()
  readonly used = new Set<string>()
  readonly #anchors = new Map<string, Anchor>()
  /** Anchors whose value is being converted. */
  readonly #open = new Set<string>()
  #size = 0

  value(node: Node | null): unknown {
    if (isAlias(node)) return this.#alias(node)
    const before = this.#size
    this.#size++
    if (this.#size > MOST_VALUES) {
      if (this.#size === MOST_VALUES + 1 && node) {
        this.#complain(
          'error',
          'too_large',
          `more than ${MOST_VALUES} values are too many for a definition`,
          node,
        )
      }
      return null
    }
    const anchor = node && 'anchor' in node ? (node.anchor as string | undefined) : undefined
    if (anchor !== undefined) this.#open.add(anchor)
    const value = this.#plain(node)
    if (anchor !== undefined) {
      this.#open.delete(anchor)
      this.#anchors.set(anchor, { value, size: this.#size - before })
    }
    return value
  }

  #plain(node: Node | null): unknown {
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return this.#list(node)
    return isScalar(node) ? this.#scalar(node) : null
  }

  #alias(alias: Alias): unknown {
    const { source } = alias
    this.used.add(source)
    const anchor = this.#anchors.get(source)
    if (this.#open.has(source) || !anchor) {
      const message = this.#open.has(source)
        ? `'*${source}' is inside the value that it refers to, which would contain itself`
        : `no anchor '&${source}' comes before this`
      this.#complain('error', 'bad_alias', message, alias)
      return null
    }
    if (this.#size + anchor.size > MOST_VALUES) {
      if (this.#size <= MOST_VALUES) {
        const message = `with '*${source}' the document would have more than ${MOST_VALUES} values`
        this.#complain(
          'error',
          'too_many_aliases',
          message,
          alias,
          'write the values out, without aliases of aliases',
        )
      }
      this.#size = MOST_VALUES + 1
      return null
    }
    this.#size += anchor.size
    return anchor.value
  }

  #scalar(node: Scalar): unknown {
    const { value, source, type } = node
    if (typeof value === 'string' && value.includes('\0'))
      this.#complain(
        'error',
        'bad_character',
        'the text has a NUL character, which no command can be given',
        node,
      )
    const elsewhere =
      type === 'PLAIN' && !node.tag && source !== undefined ? readElsewhereAs(source) : undefined
    if (elsewhere !== undefined) {
      const message = `works here as ${describe(value)}, but older YAML parsers read ${source} as ${elsewhere}`
      this.#complain('warning', 'breaks_elsewhere', message, node, `put it in quotes: "${source}"`)
    }
    return typeof value === 'bigint' ? Number(value) : value
  }

  #list(node: YAMLSeq): unknown[] {
    const list: unknown[] = []
    const slots = new Map<Key, Slot>()
    this.slots.set(list, slots)
    for (const item of node.items) {
      // `- ? key` and other pairs that the parser leaves as pairs are maps with one entry.
      const value = isPair(item) ? null : (item as Node | null)
      slots.set(list.length, { value })
      list.push(this.value(value))
    }
    return list
  }

  #map(node: YAMLMap): object {
    // Without a prototype, so that `__proto__` and `constructor` are ordinary keys.
    const map: Record<string, unknown> = Object.create(null)
    const slots = new Map<Key, Slot>()
    this.slots.set(map, slots)
    if (node.items.length > MOST_KEYS) {
      this.#complain('error', 'too_large', `${node.items.length} keys are too many for a definition`, node)
      return map
    }
    const merged: { readonly from: object; readonly key: string }[] = []
    for (const { key: keyNode, value: valueNode } of node.items) {
      const key = this.#key(keyNode as Node | null, node)
      const value = (valueNode ?? null) as Node | null
      if (key === undefined) continue
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') {
        merged.push(...this.#mergeable(value, keyNode))
        continue
      }
      const earlier = slots.get(key)
      if (earlier) this.#twice(key, earlier, keyNode as Node)
      slots.set(key, { key: keyNode as Node, value })
      put(map, key, this.value(value))
    }
    // The map's own keys take precedence, then those of the first merged map.
    for (const { from, key } of merged) {
      if (slots.has(key)) continue
      const slot = this.slots.get(from)?.get(key)
      if (slot) slots.set(key, slot)
      put(map, key, (from as Record<string, unknown>)[key])
    }
    return map
  }

  #key(node: Node | null, map: YAMLMap): string | undefined {
    const value = node === null ? null : this.value(node)
    if (typeof value === 'object' && value !== null) {
      this.#complain('error', 'bad_key', 'a key must be text', node ?? map)
      return undefined
    }
    return typeof value === 'string' || !isScalar(node) ? String(value) : (node.source ?? String(value))
  }

  #mergeable(node: Node | null, key: Node): { from: object; key: string }[] {
    const value = this.value(node)
    const maps = Array.isArray(value) ? value : [value]
    if (maps.some(map => typeof map !== 'object' || map === null || Array.isArray(map))) {
      this.#complain('error', 'bad_merge', "'<<' needs an alias of a map, or a list of them", node ?? key)
      return []
    }
    return maps.flatMap(map => Object.keys(map as object).map(each => ({ from: map as object, key: each })))
  }

  #twice(key: string, earlier: Slot, later: Node): void {
    const first = earlier.key?.range?.[0] ?? 0
    this.complaints.push({
      severity: 'warning',
      code: 'duplicate_key',
      message: `'${shorten(key)}' occurs twice: this one counts, the one in line {line:${first}} does not`,
      hint: 'take one of the two out',
      ...span(later),
    })
  }

  #complain(severity: 'error' | 'warning', code: string, message: string, node: Node, hint?: string): void {
    this.complaints.push({ severity, code, message, ...(hint !== undefined && { hint }), ...span(node) })
  }
}

export function span(node: Node): { start: number; end: number } {
  const [start = 0, end = start] = node.range ?? []
  return { start, end }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? `the number ${value}` : String(value)
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Assignment would change the prototype for the key `__proto__`. */
function put(map: object, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
}
