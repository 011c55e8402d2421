/**
 * Turns a BSP's evaluated definition, layers included, into the data for a plan: validates each layer
 * separately, rewrites its paths relative to the BSP's folder, merges all layers, and validates the result.
 */

import { layerSchema } from '../../lib/schema/layer.ts'
import { type BspData, bspSchema, type ScriptData } from '../../lib/schema.ts'
import { isWithout } from '../../lib/without.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Origin } from '../model/origin.ts'
import type { BoardScript } from '../plan/input.ts'
import { keepCopy } from '../state/copy.ts'
import { validate } from '../validate/validate.ts'
import { type BoardPlace, placeOfBoard } from './board.ts'
import { versionMismatch } from './board-version.ts'
import { flatten, type LayerSource } from './flatten.ts'
import {
  dataOf,
  type Key,
  type Keys,
  leavesOf,
  merge,
  type Removal,
  type Traced,
  trace,
  writtenAt,
} from './merge.ts'
import { relocate } from './paths.ts'

export interface LayerInfo {
  /** The board's package, or its folder in the project; for layers without a board, the BSP's name. */
  readonly name: string
  readonly version?: string
  /** The folder that `./` means, relative to the project. */
  readonly folder: string
  /** The layer's keys in the definition; empty for the BSP itself. */
  readonly at: Keys
  readonly isBoard: boolean
  /** Set for a handler of an extension that changed values: its id, and the position of what enables it. */
  readonly handler?: { readonly id: string; readonly origin: Origin }
}

/** Changes data between the layers: the handlers of configuration hooks. */
export interface Configure {
  /** For the data of all layers below the BSP. `first` is the index for the first layer that this adds. */
  readonly below: (lower: Traced, first: number) => Promise<Traced>
  /** For the merged and valid data. */
  readonly whole: (merged: Traced) => Promise<Traced>
  /** A layer for each handler that changed something, in order. */
  readonly layers: readonly LayerInfo[]
  /** Whether a handler failed; its diagnostics are elsewhere. */
  readonly failed: boolean
}

/** A value of the merged definition, and the layer that set it. */
export interface LayerValue {
  readonly keys: Keys
  readonly value: unknown
  /** Index in `all`. */
  readonly layer: number
}

export interface Layers {
  /** From the lowest layer to the BSP itself. */
  readonly all: readonly LayerInfo[]
  /** Parallel to the merged `scripts`; undefined for the BSP's own scripts. */
  readonly scripts: readonly (BoardScript | undefined)[]
  values(): LayerValue[]
  /**
   * Converts a finding about the merged data to one about the definition, where a layer's keys begin with
   * `extends`.
   */
  written(finding: Finding): Finding
}

/** `data` is set if no finding is an error. The keys of findings are those of the definition. */
export interface Composed {
  readonly data?: BspData
  readonly layers?: Layers
  readonly findings: readonly Finding[]
}

export interface ComposeOptions {
  /** The project's real path. */
  readonly root: string
  readonly bspName: string
  /** Relative to the project. */
  readonly bspFolder: string
  readonly configure?: Configure
}

/** @param definition plain data apart from its layers, as checked by `notData` */
export async function compose(
  definition: Readonly<Record<string, unknown>>,
  { root, bspName, bspFolder, configure }: ComposeOptions,
): Promise<Composed> {
  const { layers: sources, findings: wrong } = flatten(definition)
  const findings: Finding[] = [...wrong]
  const places = new Map<string, BoardPlace | string>()
  const placed = sources.map((source): LayerInfo => {
    const own = { name: bspName, folder: bspFolder, at: source.at, isBoard: false }
    if (source.url === undefined) return own
    const place = places.get(source.url) ?? placeOfBoard(source.url, root)
    const isNew = !places.has(source.url)
    places.set(source.url, place)
    if (typeof place === 'string') {
      if (isNew) findings.push(complaint('board_not_found', place, 'give it import.meta.url', source.at))
      return own
    }
    const { name, folder, version } = place
    return { name, folder, at: source.at, isBoard: true, ...(version !== undefined && { version }) }
  })
  for (const [url, place] of places) {
    if (typeof place === 'string') continue
    const mismatch = await versionMismatch(place)
    if (mismatch)
      findings.push(complaint('board_version', ...mismatch, sources.find(each => each.url === url)!.at))
  }
  findings.push(...sources.flatMap((source, index) => checkLayer(source, placed[index]!)))
  if (findings.length > 0) return { findings }

  for (const place of places.values())
    if (typeof place !== 'string' && place.copy) keepCopy(root, place.copy.from, place.copy.to)
  const traced = sources.map(({ data }, index) =>
    trace(relocate(data, placed[index]!.folder, bspFolder), index, data),
  )
  const over = (lower: Traced, upper: Traced) =>
    merge(lower, upper, (removal, ids) =>
      findings.push(nothingToRemove(removal, ids, placed[removal.from.layer]!)),
    )
  const lower = traced.slice(0, -1).reduce<Traced>(over, trace({}, 0))
  const configured = configure ? await configure.below(lower, placed.length) : lower
  if (configure?.failed) return { findings }
  let merged = over(configured, traced.at(-1)!)
  const layerOf = (index: number) => placed[index] ?? configure!.layers[index - placed.length]!
  const written = (finding: Finding): Finding => {
    const from = writtenAt(merged, finding.origin.keys)
    return inLayer({ ...finding, origin: { ...finding.origin, keys: from.keys } }, layerOf(from.layer))
  }
  const checked = validate(bspSchema, dataOf(merged), 'bsp')
  findings.push(...checked.findings.map(written))
  if (!checked.value || findings.length > 0) return { findings }
  let { value } = checked
  if (configure) {
    merged = await configure.whole(merged)
    if (configure.failed) return { findings }
    if (configure.layers.length > 0) value = dataOf(merged) as BspData
  }
  const layers: Layers = {
    all: [...placed, ...(configure?.layers ?? [])],
    scripts: (value.scripts ?? []).map((_, index) =>
      boardScript(['scripts', index], merged, sources, placed),
    ),
    values: () => [...leavesOf(merged)].map(({ keys, value, from }) => ({ keys, value, layer: from.layer })),
    written,
  }
  return { data: value, layers, findings }
}

function complaint(code: string, message: string, hint: string, keys: readonly Key[]): Finding {
  return { severity: 'error', code, message, hint, origin: { source: 'bsp', keys }, at: 'value' }
}

/** Converts a finding about a layer's own keys to one about the whole definition. */
function inLayer(finding: Finding, { at, name, isBoard, handler }: LayerInfo): Finding {
  if (handler) return { ...finding, message: `${handler.id}: ${finding.message}`, origin: handler.origin }
  const origin = { ...finding.origin, keys: [...at, ...finding.origin.keys] }
  return { ...finding, origin, ...(isBoard && { board: name }) }
}

/** Stands for a removal during validation of a list of scripts, and is always valid. */
const PLACEHOLDER = { step: 'before_build', location: 'removed' } as const satisfies ScriptData

/** Validates one layer by itself. */
function checkLayer({ data }: LayerSource, info: LayerInfo): Finding[] {
  const scripts = Array.isArray(data.scripts)
    ? { scripts: data.scripts.map(entry => (isWithout(entry) ? PLACEHOLDER : entry)) }
    : {}
  return validate(layerSchema(), { ...data, ...scripts }, 'bsp').findings.map(finding =>
    inLayer(finding, info),
  )
}

function nothingToRemove({ id, from }: Removal, ids: readonly string[], layer: LayerInfo): Finding {
  const near = suggest(id, ids)
  const hint = near
    ? `did you mean '${near}'?`
    : ids.length > 0
      ? `the layers below have ${ids.map(each => `'${each}'`).join(', ')}`
      : 'the layers below have no scripts'
  return inLayer(
    complaint('nothing_to_remove', `no layer below has a script '${id}'`, hint, from.keys),
    layer,
  )
}

function boardScript(
  keys: Keys,
  merged: Traced,
  sources: readonly LayerSource[],
  placed: readonly LayerInfo[],
): BoardScript | undefined {
  const { layer, keys: own } = writtenAt(merged, keys)
  const board = placed[layer]
  if (!board?.isBoard) return undefined
  const { name, folder } = board
  const scripts = sources[layer]!.data.scripts as readonly ScriptData[]
  const { location, depends_on } = scripts[Number(own[1])]!
  return {
    layer: name,
    folder,
    ...(location !== undefined && { location }),
    ...(depends_on && { depends_on }),
  }
}
