/** Finds the position in the author's source that a finding is about. */
import type { Node as MorphNode } from 'ts-morph'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { showKeys } from '../diagnostics/show-value.ts'
import type { SourceModule } from './compile.ts'
import { Follower } from './follow.ts'
import type { Item, Place } from './source-nodes.ts'
import { defaultExport, openSources, type Sources } from './syntax.ts'

/**
 * Converts findings to diagnostics, in the same order. If the source does not show the origin of a value, the
 * position is the closest expression around it.
 *
 * @param module the module that the findings' definition was read from
 * @param value the module's export; the lengths of its lists tell how many elements a spread adds
 */
export async function locate(
  findings: readonly Finding[],
  module: SourceModule,
  value?: unknown,
): Promise<Diagnostic[]> {
  if (findings.length === 0) return []
  const sources = await openSources(module)
  const walker = new Walker(sources)
  return findings.map(({ origin, at, board, ...said }) => {
    const { inSource, ...place } = walker.place(origin.keys, at, value)
    const own = origin.keys.slice(layerDepth(origin.keys))
    if (inSource || board === undefined) return { ...said, ...place }
    const where = own.length > 0 ? `${board}, ${showKeys(own)}` : board
    return { ...said, message: `${where}: ${said.message}`, ...place }
  })
}

/** How many of the leading keys only lead to a layer: `extends`, and an index in its list. */
function layerDepth(keys: readonly Key[]): number {
  let depth = 0
  while (keys[depth] === 'extends') depth += typeof keys[depth + 1] === 'number' ? 2 : 1
  return depth
}

/** The position of the default export; the beginning of the module if there is none. */
export async function defaultExportOf(
  module: SourceModule,
): Promise<Pick<Diagnostic, 'file' | 'line' | 'column' | 'length'>> {
  const sources = await openSources(module)
  const node = defaultExport(sources)
  return node ? sources.place(node) : { file: module.entry, line: 1, column: 1 }
}

type Key = string | number

/** The result of following keys. `depth` counts the keys that were found. */
interface Hit {
  readonly node: MorphNode
  /** The name of the property, if the last key is a property and was found. */
  readonly name?: MorphNode
  readonly depth: number
  readonly complete: boolean
}

class Walker {
  readonly #sources: Sources
  readonly #follower: Follower

  constructor(sources: Sources) {
    this.#sources = sources
    this.#follower = new Follower(sources.morph)
  }

  place(keys: readonly Key[], at: Finding['at'], value: unknown) {
    const root = defaultExport(this.#sources)
    if (!root)
      return { file: this.#sources.place(this.#sources.entry).file, line: 1, column: 1, inSource: false }
    const start: Place = { node: root, scope: new Map() }
    // The value of the definition is the argument of defineBsp, not the call.
    const targets = this.#follower.follow(start)
    const whole = targets.length === 1 ? targets[0]! : start
    const hit = this.#walk(whole, keys, value, keys.length > 0 && layerDepth(keys) === keys.length)
    // For an installed board, the source shows only the call.
    const inSource = hit.complete || hit.depth > layerDepth(keys)
    return { ...this.#sources.place((at === 'key' && hit.complete && hit.name) || hit.node), inSource }
  }

  /** `asNamed`: return the value's own node, without following a name to its definition. */
  #walk(place: Place, keys: readonly Key[], value: unknown, asNamed: boolean): Hit {
    if (keys.length === 0) {
      const node = asNamed && !place.returned ? this.#follower.bare(place.node) : this.#end(place)
      return { node, depth: 0, complete: true }
    }
    const hits = this.#follower.follow(place).map(target => this.#step(target, keys, value, asNamed))
    const complete = hits.filter(hit => hit.complete)
    if (complete.length === 1) return complete[0]!
    if (hits.length === 1) return hits[0]!
    // Several expressions are possible: show the whole expression around them.
    return { node: this.#follower.bare(place.node), depth: 0, complete: false }
  }

  #step(target: Place, keys: readonly Key[], value: unknown, asNamed: boolean): Hit {
    const [key, ...rest] = keys as [Key, ...Key[]]
    const part =
      typeof value === 'object' && value !== null ? (value as Record<Key, unknown>)[key] : undefined
    if (typeof key === 'number') {
      const length = Array.isArray(value) ? value.length : undefined
      const items = this.#follower.items(target)
      const item = items && pick(items, key, length)
      if (!item) return stuck(target.node)
      return item.kind === 'one' ? deeper(this.#walk(item.place, rest, part, asNamed)) : stuck(item.node)
    }
    const member = this.#follower.member(target, key)
    if (member.kind === 'perhaps') return stuck(member.node)
    if (member.kind === 'absent') return stuck(target.node)
    const hit = deeper(this.#walk(member.value, rest, part, asNamed))
    return rest.length === 0 ? { ...hit, name: member.name } : hit
  }

  /** The node of the value: follows names, but not calls and conditions. */
  #end(place: Place): MorphNode {
    if (place.returned) {
      const results = this.#follower.follow(place)
      return results.length === 1 ? results[0]!.node : place.node
    }
    const node = this.#follower.bare(place.node)
    const source = this.#follower.source({ ...place, node })
    if (!source) return node
    const end = this.#end(source)
    const { Node } = this.#sources.morph
    return Node.isExpression(end) ? end : node
  }
}

function deeper(hit: Hit): Hit {
  return { ...hit, depth: hit.depth + 1 }
}

function stuck(node: MorphNode): Hit {
  return { node, depth: 0, complete: false }
}

/** The item that contains the element with that index; `length` is the list's real length, if known. */
function pick(items: readonly Item[], index: number, length: number | undefined): Item | undefined {
  const first = items.findIndex(item => item.kind === 'some')
  if (first < 0 || index < first) return items[index]
  const last = items.findLastIndex(item => item.kind === 'some')
  const unknown = items[first]!
  if (length !== undefined) {
    const fromEnd = length - 1 - index
    if (fromEnd < items.length - 1 - last) return items[items.length - 1 - fromEnd]
  }
  if (first !== last || unknown.kind !== 'some') return unknown
  const size = length === undefined ? undefined : length - items.length + 1
  const options = unknown.options.filter(
    option => option.length === size && option.every(item => item.kind === 'one'),
  )
  if (options.length === 1) return options[0]![index - first]
  // A part of unknown size may end before this element, unless the real length is known or there are no other
  // parts.
  const inside = size !== undefined || items.length === 1
  return inside && unknown.template ? { kind: 'one', place: unknown.template } : unknown
}
