/** Attributes the changes of a definition's data to a layer: what is as before keeps its origin. */
import { isSh } from '../../lib/sh.ts'
import {
  type Branch,
  type Item,
  isPlain,
  type List,
  type Node,
  node,
  singleOf,
  type Traced,
  type Written,
  withId,
} from './merge.ts'

/**
 * The definition `after`, with the origins of `before` where both agree, and the layer's elsewhere.
 *
 * @param after plain data, @param layer the index of the layer that made the changes
 */
export function changedBy(before: Traced, after: object, layer: number): Traced {
  return changedBranch(before, after, { layer, keys: [] })
}

/** Whether two values of a definition are equal. Inline scripts are equal if their texts are. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isSh(a) || isSh(b)) return isSh(a) && isSh(b) && a.text === b.text
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
  if (!isPlain(a) || !isPlain(b)) return a === b
  const [left, right] = [entriesOf(a), entriesOf(b)]
  return left.length === right.length && left.every(([key, value]) => sameValue(value, get(b, key)))
}

/** Undefined counts as missing. */
const entriesOf = (value: object) => Object.entries(value).filter(([, part]) => part !== undefined)
const get = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key]

function changedBranch(before: Branch, after: object, from: Written): Branch {
  const entries = new Map<string, Node>()
  for (const [key, value] of entriesOf(after))
    entries.set(key, changed(before.entries.get(key), value, { ...from, keys: [...from.keys, key] }))
  return { ...before, entries }
}

function changed(before: Node | undefined, after: unknown, from: Written): Node {
  if (before?.kind === 'branch' && isPlain(after)) return changedBranch(before, after, from)
  if (before?.kind === 'list') return changedList(before, after, from)
  if (before?.kind === 'leaf' && sameValue(before.value, after)) return before
  return node(after, from)
}

function changedList(before: List, after: unknown, from: Written): Node {
  const single = singleOf(before)
  if (single && sameValue(single.value, after)) return before
  const fresh = node(after, from)
  if (fresh.kind !== 'list' || !Array.isArray(after)) return fresh
  const left = [...before.items]
  const items = after.map((value, index): Item => {
    const at = left.findIndex(item => sameValue(item.value, value))
    if (at >= 0) return left.splice(at, 1)[0]!
    const item = { value, from: { ...from, keys: [...from.keys, index] } }
    return before.rule === 'scripts' ? withId(item, value) : item
  })
  return { ...before, items }
}
