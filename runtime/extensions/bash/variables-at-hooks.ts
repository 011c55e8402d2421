/** Variables that a handler reads at a hook where they are not set yet, or no longer. */

import { forEachChild, type SyntaxNode } from 'unbash'
import type { ImageVariable } from '../../../lib/hooks/image-variables.ts'
import { IMAGE_HOOK_ROWS, imageHook } from '../../model/image-hooks.ts'

/** Folders and devices that exist at some hooks only. */
const PLACES = ['SDCARD', 'MOUNT', 'LOOP'] as const satisfies readonly ImageVariable[]

export interface MisplacedVariable {
  readonly name: (typeof PLACES)[number]
  readonly hook: string
  /** The hooks where it is set. */
  readonly setAt: readonly string[]
  readonly pos: number
  readonly end: number
}

/** Only the text of handlers themselves: functions that they call may be for several hooks. */
export function misplacedVariables(script: SyntaxNode): MisplacedVariable[] {
  const found: MisplacedVariable[] = []
  const assigned = new Set<string>()
  const walk = (node: SyntaxNode, hook: string | undefined): void => {
    if (node.type === 'Assignment' && node.name !== undefined) assigned.add(node.name)
    const inside = node.type === 'Function' ? node.name.value.split('__')[0]! : hook
    const row = inside === undefined ? undefined : imageHook(inside)
    const name = PLACES.find(each => each === nameIn(node))
    if (row && name && !row.variables.includes(name)) {
      const setAt = IMAGE_HOOK_ROWS.filter(({ variables }) => variables.includes(name)).map(each => each.name)
      found.push({ name, hook: row.name, setAt, pos: node.pos, end: node.end })
    }
    forEachChild(node, child => walk(child, inside))
  }
  walk(script, undefined)
  return found.filter(({ name }) => !assigned.has(name))
}

/** The variable that an expansion reads; undefined for one with a value of its own (`${MOUNT:-x}`). */
function nameIn(node: SyntaxNode): string | undefined {
  if (node.type === 'SimpleExpansion') return node.text.slice(1)
  if (node.type !== 'ParameterExpansion') return undefined
  return /^\$\{(\w+)(?!:?[-+=?])/.exec(node.text)?.[1]
}
