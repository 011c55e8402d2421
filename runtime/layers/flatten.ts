/** The layers of a definition in merge order: the lowest first, the definition itself last. */
import { boardUrl, definitionKind } from '../../lib/definition.ts'
import { isWithout } from '../../lib/without.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { show } from '../diagnostics/show-value.ts'
import type { Key } from './merge.ts'

export interface LayerSource {
  /** The layer's keys in the definition: `['extends', 0, 'extends']`; empty for the definition itself. */
  readonly at: readonly Key[]
  /** The author's data, without `extends`. */
  readonly data: Readonly<Record<string, unknown>>
  /** The URL of its board's module. Undefined for layers without a board, whose paths are relative to the BSP. */
  readonly url?: string
}

export interface Flattened {
  readonly layers: readonly LayerSource[]
  readonly findings: readonly Finding[]
}

/** Whether there is more than one layer. */
export function hasLayers(definition: unknown): definition is Readonly<Record<string, unknown>> {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) return false
  const { scripts } = definition as { scripts?: unknown }
  return 'extends' in definition || (Array.isArray(scripts) && scripts.some(isWithout))
}

export function flatten(definition: Readonly<Record<string, unknown>>): Flattened {
  const layers: LayerSource[] = []
  const findings: Finding[] = []
  const seen = new Set<object>()
  const visit = (body: Readonly<Record<string, unknown>>, at: readonly Key[], url: string | undefined) => {
    // An object that occurs twice is one layer, at its lowest position.
    if (seen.has(body)) return
    seen.add(body)
    const { extends: below, ...data } = body
    const one = Array.isArray(below) ? below : below === undefined ? [] : [below]
    for (const [index, layer] of one.entries()) {
      const place = [...at, 'extends', ...(Array.isArray(below) ? [index] : [])]
      if (definitionKind(layer) === 'layer') visit(layer, place, boardUrl(layer) ?? url)
      else findings.push(notALayer(layer, place))
    }
    layers.push({ at, data, ...(url !== undefined && { url }) })
  }
  visit(definition, [], undefined)
  return { layers, findings }
}

function notALayer(value: unknown, keys: readonly Key[]): Finding {
  const kind = definitionKind(value)
  const name = typeof value === 'function' && value.name ? value.name : 'board'
  const [message, hint] =
    kind === 'board'
      ? [
          'this is a board, not yet a layer',
          `call it with its options: ${name === 'board' ? 'board()' : `${name}()`}`,
        ]
      : kind === 'bsp'
        ? ['a BSP cannot be extended', 'put the common part into a layer({ … }), and extend that']
        : Array.isArray(value)
          ? ['this is a list in the list of layers', 'spread it: ...layers']
          : [`extends needs layers, not ${show(value)}`, 'call a board, or wrap it: layer({ … })']
  return {
    severity: 'error',
    code: 'not_a_layer',
    message,
    hint,
    origin: { source: 'bsp', keys },
    at: 'value',
  }
}
