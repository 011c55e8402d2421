/**
 * How layers become one definition: the only place that knows the rules (docs/boards.md has them in words). What layers
 * contain has been validated, and their paths are written from the BSP's folder. Every value keeps the place it was
 * written at, so that a complaint about the whole finds its author.
 */
import { isWithout } from '../../lib/without.ts'

export type Key = string | number
export type Keys = readonly Key[]

/** Where a value was written: in which layer (0 is the lowest), under which keys of it. */
export interface Written {
  readonly layer: number
  readonly keys: Keys
}

/**
 * What becomes of a list that two layers have:
 * - `union`: both, without what was there already
 * - `latest`: the same, but a repeated entry moves to its last place, for lists in which the last one wins
 * - `variables`: `NAME=value`; one of a name that is there takes its place
 * - `scripts`: both; one with an id that is there takes its place, `without` removes
 * - `blobs`: both; one of a role and id that are there takes its place
 * - `replace`: the higher layer's alone
 */
export type ListRule = 'union' | 'latest' | 'variables' | 'scripts' | 'blobs' | 'replace'

/** A list that is not here is replaced. Where a list may be written as a single value, that counts as a list of one. */
export const LIST_RULES: Readonly<Record<string, ListRule>> = {
  scripts: 'scripts',
  'cage.env': 'variables',
  'boot.kernel.fragments': 'latest',
  'boot.kernel.patches': 'union',
  'boot.kernel.device_tree.dts': 'replace',
  'boot.kernel.device_tree.overlays': 'union',
  'boot.kernel.device_tree.include_paths': 'union',
  'boot.bootloader.fragments': 'latest',
  'boot.bootloader.patches': 'union',
  'boot.bootloader.device_tree.dts': 'replace',
  'boot.bootloader.device_tree.dtsi': 'replace',
  'boot.bootloader.device_tree.include_paths': 'union',
  'boot.bootloader.blobs': 'blobs',
  'rootfs.overlay': 'latest',
  'rootfs.packages': 'union',
  'rootfs.repositories': 'union',
  'runtime.compatible_strux_api': 'replace',
  'runtime.extensions': 'union',
  'image.partitions': 'replace',
  'image.raw': 'replace',
  'qemu.flags': 'union',
}

/** A value that says nothing without another: where a higher layer gives the one, the other of lower layers is gone. */
const BELONGS_TO: Readonly<Record<string, { readonly key: string; readonly to: string }>> = {
  'boot.kernel': { key: 'sha256', to: 'source' },
  'boot.bootloader': { key: 'sha256', to: 'source' },
}

/** A definition with the places that its values were written at. */
export type Traced = Branch

type Node = Leaf | Branch | List

interface Leaf {
  readonly kind: 'leaf'
  readonly value: unknown
  readonly from: Written
}

interface Branch {
  readonly kind: 'branch'
  readonly entries: ReadonlyMap<string, Node>
  readonly from: Written
}

interface List {
  readonly kind: 'list'
  readonly rule: Exclude<ListRule, 'replace'>
  readonly items: readonly Item[]
  readonly removals: readonly Removal[]
  readonly from: Written
}

interface Item {
  readonly value: unknown
  readonly from: Written
  /** Of a script: its id, or the one that a plan gives it. */
  readonly id?: string
}

/** A `without`, which stands for all layers below its own. */
export interface Removal {
  readonly id: string
  readonly from: Written
}

/**
 * One layer's data, before anything is merged.
 *
 * @param written the same as its author wrote it, where paths in `data` are written from another folder: scripts are
 *   known by that
 */
export function trace(data: object, layer: number, written: object = data): Traced {
  const made = branch(data, { layer, keys: [] })
  const scripts = made.entries.get('scripts')
  const named = (written as { scripts?: readonly unknown[] }).scripts
  if (scripts?.kind !== 'list' || !Array.isArray(named)) return made
  const items = scripts.items.map(item => withId(item, named[Number(item.from.keys.at(-1))]))
  return { ...made, entries: new Map(made.entries).set('scripts', { ...scripts, items }) }
}

function withId(item: Item, written: unknown): Item {
  const { id, step, location } = written as { id?: string; step?: string; location?: string }
  return { ...item, id: id ?? `${step}:${location ?? 'inline'}` }
}

/**
 * `upper` over `lower`. Associative: it does not matter which neighbours of a row of layers are merged first.
 *
 * @param unmatched told of each removal in `upper` for which `lower` has nothing, with the ids that it has
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

/** Where the value under these keys of the merged data was written; of what is not there, what should hold it. */
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

/** Every value that one layer alone decided, with its keys in the merged data: what is no object, and list entries. */
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
    // As if it were not there: `key: condition ? value : undefined`.
    if (value !== undefined) entries.set(key, node(value, { ...from, keys: [...from.keys, key] }))
  }
  return { kind: 'branch', entries, from }
}

function node(value: unknown, from: Written): Node {
  if (isPlain(value)) return branch(value, from)
  const rule = LIST_RULES[from.keys.join('.')] ?? 'replace'
  if (rule === 'replace') return { kind: 'leaf', value, from }
  return Array.isArray(value)
    ? list(value, rule, from)
    : { kind: 'list', rule, items: [{ value, from }], removals: [], from }
}

/** The only entry of a list that was written as a single value, and remains one. */
function singleOf({ items: [item, ...others] }: List): Item | undefined {
  return item && others.length === 0 && typeof item.from.keys.at(-1) !== 'number' ? item : undefined
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** One layer's list: an entry that it repeats itself is kept, it has its reasons; plain repetition is dropped. */
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
    items: keyOf[rule] ? inPlace(kept, upper.items, keyOf[rule]) : distinct([...kept, ...upper.items], rule),
    removals: [...lower.removals, ...upper.removals],
    from: upper.from,
  }
}

/** By what an entry takes the place of another; undefined for one that never does. */
const keyOf: Partial<Record<ListRule, (value: unknown) => string | undefined>> = {
  scripts: value => (value as { id?: string }).id,
  blobs: value => JSON.stringify([(value as { role: string }).role, (value as { id: string }).id]),
  variables: value => String(value).split('=', 1)[0],
}

/** What `without` may call each script: its id, which means all that share it, and the numbered one of a plan (`id#2`). */
function namesOf(items: readonly Item[]): string[][] {
  const counts = new Map<string, number>()
  return items.map(({ id }) => {
    if (id === undefined) return []
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    return count === 1 ? [id] : [id, `${id}#${count}`]
  })
}

/** The second of a key that one layer has twice takes the place of the second below, and so on. */
function inPlace(
  lower: readonly Item[],
  upper: readonly Item[],
  key: (value: unknown) => string | undefined,
): Item[] {
  const places = new Map<string, number>()
  const merged = [...lower]
  const numbered = counter(key)
  for (const [index, item] of lower.entries()) {
    const name = numbered(item.value)
    if (name !== undefined) places.set(name, index)
  }
  const next = counter(key)
  for (const item of upper) {
    const name = next(item.value)
    const place = name === undefined ? undefined : places.get(name)
    if (place === undefined) merged.push(item)
    else merged[place] = item
  }
  return merged
}

function counter(key: (value: unknown) => string | undefined): (value: unknown) => string | undefined {
  const seen = new Map<string, number>()
  return value => {
    const name = key(value)
    if (name === undefined) return undefined
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return `${count} ${name}`
  }
}

function distinct(items: readonly Item[], rule: ListRule): readonly Item[] {
  if (rule !== 'union' && rule !== 'latest') return items
  const kept = new Map<string, Item>()
  for (const item of items) {
    const name = JSON.stringify(item.value)
    if (rule === 'latest') kept.delete(name)
    if (!kept.has(name)) kept.set(name, item)
  }
  return [...kept.values()]
}
