/**
 * Merges layers into one definition. The rules are only here and in list-rules.ts (docs/boards.md explains them). The layers are
 * already validated, and their paths are relative to the BSP's folder. Every value keeps its origin, so that a
 * finding about the merged data leads to its author.
 */
import { isWithout } from '../../lib/without.ts'
import { distinct, LIST_RULES, type ListRule, mergeEntries } from './list-rules.ts'

export type Key = string | number
export type Keys = readonly Key[]

/** The origin of a value: its layer (0 is the lowest) and its keys there. */
export interface Written {
  readonly layer: number
  readonly keys: Keys
}

/**
 * A value that means nothing without another one: if a higher layer sets `to`, the lower layers' value is
 * dropped.
 */
const BELONGS_TO: Readonly<Record<string, { readonly key: string; readonly to: string }>> = {
  'boot.kernel': { key: 'sha256', to: 'source' },
  'boot.bootloader': { key: 'sha256', to: 'source' },
}

/** A definition with the origin of each value. */
export type Traced = Branch

export type Node = Leaf | Branch | List

interface Leaf {
  readonly kind: 'leaf'
  readonly value: unknown
  readonly from: Written
}

export interface Branch {
  readonly kind: 'branch'
  readonly entries: ReadonlyMap<string, Node>
  readonly from: Written
}

export interface List {
  readonly kind: 'list'
  readonly rule: Exclude<ListRule, 'replace'>
  readonly items: readonly Item[]
  readonly removals: readonly Removal[]
  readonly from: Written
}

export interface Item {
  readonly value: unknown
  readonly from: Written
  /** A script's id: its own, or the one that a plan gives it. */
  readonly id?: string
}

/** A `without`, which applies to all layers below its own. */
export interface Removal {
  readonly id: string
  readonly from: Written
}

/**
 * Prepares one layer's data for merging.
 *
 * @param written the data as its author wrote it, if the paths in `data` were rewritten: scripts are identified
 * by it
 */
export function trace(data: object, layer: number, written: object = data): Traced {
  const made = branch(data, { layer, keys: [] })
  const scripts = made.entries.get('scripts')
  const named = (written as { scripts?: readonly unknown[] }).scripts
  if (scripts?.kind !== 'list' || !Array.isArray(named)) return made
  const items = scripts.items.map(item => withId(item, named[Number(item.from.keys.at(-1))]))
  return { ...made, entries: new Map(made.entries).set('scripts', { ...scripts, items }) }
}

export function withId(item: Item, written: unknown): Item {
  const { id, step, location } = written as { id?: string; step?: string; location?: string }
  return { ...item, id: id ?? `${step}:${location ?? 'inline'}` }
}

/**
 * Merges `upper` over `lower`. Associative: neighbouring layers may be merged in any order.
 *
 * @param unmatched called for each removal in `upper` that matches nothing in `lower`, with the ids that exist
 */
export function merge(
  lower: Traced,
  upper: Traced,
  unmatched: (removal: Removal, ids: readonly string[]) => void = () => {},
): Traced {
  return mergeBranches(lower, upper, '', unmatched)
}

/** The definition as plain data. */
export function dataOf(node: Node): unknown {
  if (node.kind === 'leaf') return node.value
  if (node.kind === 'list') return singleOf(node)?.value ?? node.items.map(item => item.value)
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, dataOf(child)]))
}

/**
 * The origin of the value under these keys of the merged data; for a missing value, the origin of the object
 * around it.
 */
export function writtenAt(node: Node, keys: Keys): Written {
  const [key, ...rest] = keys
  if (key === undefined) return node.kind === 'list' ? (singleOf(node) ?? node).from : node.from
  if (node.kind === 'branch') {
    const child = node.entries.get(String(key))
    if (child) return writtenAt(child, rest)
  }
  const from = node.kind === 'list' ? node.items[Number(key)]?.from : undefined
  if (from) return { layer: from.layer, keys: [...from.keys, ...rest] }
  return { layer: node.from.layer, keys: [...node.from.keys, ...keys] }
}

/**
 * Every value that a single layer decided, with its keys in the merged data: values that are not objects, and
 * list entries.
 */
export function* leavesOf(
  node: Node,
  keys: Keys = [],
): Generator<{ keys: Keys; value: unknown; from: Written }> {
  if (node.kind === 'leaf') yield { keys, value: node.value, from: node.from }
  else if (node.kind === 'list') {
    const single = singleOf(node)
    if (single) yield { keys, ...single }
    else yield* node.items.map((item, index) => ({ keys: [...keys, index], ...item }))
  } else {
    for (const [key, child] of node.entries) yield* leavesOf(child, [...keys, key])
  }
}

function branch(data: object, from: Written): Branch {
  const entries = new Map<string, Node>()
  for (const [key, value] of Object.entries(data)) {
    // Undefined counts as missing: `key: condition ? value : undefined`.
    if (value !== undefined) entries.set(key, node(value, { ...from, keys: [...from.keys, key] }))
  }
  return { kind: 'branch', entries, from }
}

/** The value with one origin for all its parts. */
export function node(value: unknown, from: Written): Node {
  if (isPlain(value)) return branch(value, from)
  const rule = LIST_RULES[from.keys.join('.')] ?? 'replace'
  if (rule === 'replace') return { kind: 'leaf', value, from }
  return Array.isArray(value)
    ? list(value, rule, from)
    : { kind: 'list', rule, items: [{ value, from }], removals: [], from }
}

/** The only entry of a list, if it was written as a single value and is still alone. */
export function singleOf({ items: [item, ...others] }: List): Item | undefined {
  return item && others.length === 0 && typeof item.from.keys.at(-1) !== 'number' ? item : undefined
}

export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * One layer's list. Entries with a key that the layer repeats are kept, because that may be intended; equal
 * entries are dropped.
 */
function list(values: readonly unknown[], rule: List['rule'], from: Written): List {
  const all = values.map((value, index) => ({ value, from: { ...from, keys: [...from.keys, index] } }))
  const removals = all.flatMap(({ value, from }) => (isWithout(value) ? [{ id: value.without, from }] : []))
  const items = all.filter(({ value }) => !isWithout(value))
  return { kind: 'list', rule, items: distinct(items, rule), removals, from }
}

function mergeBranches(
  lower: Branch,
  upper: Branch,
  path: string,
  unmatched: (removal: Removal, ids: readonly string[]) => void,
): Branch {
  const entries = new Map(lower.entries)
  const belongs = BELONGS_TO[path]
  if (belongs && upper.entries.has(belongs.to)) entries.delete(belongs.key)
  for (const [key, child] of upper.entries) {
    const below = entries.get(key)
    const at = path === '' ? key : `${path}.${key}`
    if (below?.kind === 'branch' && child.kind === 'branch')
      entries.set(key, mergeBranches(below, child, at, unmatched))
    else if (child.kind === 'list')
      entries.set(key, mergeLists(below?.kind === 'list' ? below : emptyLike(child), child, unmatched))
    else entries.set(key, child)
  }
  return { kind: 'branch', entries, from: upper.from }
}

function emptyLike(list: List): List {
  return { ...list, items: [], removals: [] }
}

function mergeLists(
  lower: List,
  upper: List,
  unmatched: (removal: Removal, ids: readonly string[]) => void,
): List {
  const { rule } = upper
  const names = upper.removals.length > 0 ? namesOf(lower.items) : []
  for (const removal of upper.removals) {
    if (!names.some(each => each.includes(removal.id))) unmatched(removal, [...new Set(names.flat())])
  }
  const gone = upper.removals.map(removal => removal.id)
  const kept = lower.items.filter((_, index) => !gone.some(id => names[index]!.includes(id)))
  return {
    kind: 'list',
    rule,
    items: mergeEntries(kept, upper.items, rule),
    removals: [...lower.removals, ...upper.removals],
    from: upper.from,
  }
}

/**
 * The names that `without` may use for each script: its id, which matches all scripts that share it, and a
 * plan's numbered id (`id#2`).
 */
function namesOf(items: readonly Item[]): string[][] {
  const counts = new Map<string, number>()
  return items.map(({ id }) => {
    if (id === undefined) return []
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    return count === 1 ? [id] : [id, `${id}#${count}`]
  })
}
