/** `strux plan --layers`: the layer of each value of a BSP. */

import { isExtension } from '../../lib/definition.ts'
import { isSh } from '../../lib/sh.ts'
import { show, showKeys } from '../diagnostics/show-value.ts'
import type { LayerInfo, LayerValue } from '../layers/compose.ts'
import { leavesOf, trace } from '../layers/merge.ts'
import type { Bsp } from '../load/loaded.ts'
import { colorsFor, printLine } from './terminal.ts'

interface Origins {
  readonly layers: readonly LayerInfo[]
  readonly values: readonly LayerValue[]
}

/** A BSP without layers counts as its own single layer. */
function originsOf({ name, folder, data, layers, configured }: Bsp): Origins {
  if (layers) return { layers: layers.all, values: [...layers.values(), ...(configured?.values ?? [])] }
  const values = [...leavesOf(trace(data, 0))].map(({ keys, value }) => ({ keys, value, layer: 0 }))
  return { layers: [{ name, folder, at: [], isBoard: false }], values }
}

/** The section `layers` of the plan's JSON (docs/json.md). */
export function layersJson(bsp: Bsp): object {
  const { layers, values } = originsOf(bsp)
  return {
    order: layers.map(({ name, version, folder, isBoard, handler }) => ({
      name,
      ...(version !== undefined && { version }),
      folder,
      board: isBoard,
      ...(handler && { handler: handler.id }),
    })),
    values: values.map(({ keys, value, layer }) => ({ key: showKeys(keys), value: plain(value), layer })),
  }
}

/** Replaces inline scripts by their text, and extensions by their names. */
function plain(value: unknown): unknown {
  if (isSh(value)) return value.text
  if (isExtension(value)) return value.name
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

export function printLayers(bsp: Bsp): void {
  const colors = colorsFor(process.stdout)
  const { layers, values } = originsOf(bsp)
  printLine(colors.bold(`layers of ${bsp.name}, the lowest first`))
  const titles = layers.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`))
  const width = Math.max(...titles.map(title => title.length))
  for (const [index, { folder }] of layers.entries())
    printLine(`  ${titles[index]!.padEnd(width)}  ${colors.dim(folder)}`)
  printLine(colors.bold('values'))
  const rows = values.map(each => [showKeys(each.keys), brief(each, bsp), titles[each.layer]!] as const)
  const widths = [0, 1].map(at => Math.min(60, Math.max(0, ...rows.map(row => row[at]!.length))))
  for (const [key, value, layer] of rows)
    printLine(`  ${key.padEnd(widths[0]!)}  ${colors.dim(value.padEnd(widths[1]!))}  ${layer}`)
}

/** Shows a script by its name in a plan. */
function brief({ keys: [key, index], value }: LayerValue, { layers }: Bsp): string {
  if (isExtension(value)) return value.name
  if (key !== 'scripts') return show(value)
  const { step, id, location } = value as { step: string; id?: string; location?: string }
  return id ?? `${step}:${layers?.scripts[Number(index)]?.location ?? location ?? 'inline'}`
}
