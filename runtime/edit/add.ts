/** The text edits of `strux add`. */
import type { Node as MorphNode } from 'ts-morph'
import { bspSchema, projectSchema } from '../../lib/schema.ts'
import { type Edit, insertion, type Print } from './insert.ts'
import type { EditableModule } from './module.ts'
import { keyText, onOneLine, printed, quoted, spread, type Value } from './print-value.ts'
import type { Style } from './style.ts'

export interface NewScript {
  readonly step: string
  readonly location: string
  readonly description?: string
  readonly id?: string
  readonly cached_generated_artifacts?: readonly string[]
  readonly depends_on?: readonly string[]
}

/** Appends to `scripts`: scripts of one hook run in the order of the list. */
export function addScript(module: EditableModule, script: NewScript): Edit[] {
  const { style } = module
  const definition = module.definition()
  const value = { ...script } as { [key: string]: Value }
  const list = module.list(definition, 'scripts')
  if (list) return insertion(list, [scriptPrinter(value, style, list.members.at(-1))], style)
  return insertion(
    definition,
    [property('scripts', style, indent => listOf(scriptPrinter(value, style, undefined), style, indent))],
    style,
    placeOf('scripts', module.keys(definition), BSP_KEYS),
  )
}

/** @param kind the definition's kind, which decides the order of keys */
export function addPackages(
  module: EditableModule,
  names: readonly string[],
  kind: 'bsp' | 'project',
): Edit[] {
  const { style } = module
  const definition = module.definition()
  const rootfs = module.object(definition, 'rootfs')
  const keys = kind === 'bsp' ? BSP_KEYS : PROJECT_KEYS
  const whole = (value: Value): Print => {
    const key = isList(value) ? 'packages' : 'rootfs'
    return property(key, style, (indent, before) => printed(value, style, indent, before))
  }
  if (!rootfs) {
    const after = placeOf('rootfs', module.keys(definition), keys)
    return insertion(definition, [whole({ packages: names })], style, after)
  }
  const packages = module.list(rootfs, 'packages')
  if (!packages) return insertion(rootfs, [whole(names)], style)
  return insertion(
    packages,
    names.map(name => () => quoted(name, style)),
    style,
  )
}

const BSP_KEYS: readonly string[] = Object.keys(bspSchema.shape)
const PROJECT_KEYS: readonly string[] = Object.keys(projectSchema.shape)

/** The index of the last key that precedes `key` in the usual order; if none does, the last key. */
function placeOf(key: string, present: readonly (string | undefined)[], order: readonly string[]): number {
  const own = order.indexOf(key)
  const found = present.findLastIndex(each => {
    const place = each === undefined ? -1 : order.indexOf(each)
    return place >= 0 && place < own
  })
  return found < 0 ? present.length - 1 : found
}

function property(key: string, style: Style, print: Print): Print {
  const name = `${keyText(key, style)}: `
  return (indent, before) => name + print(indent, before + name.length)
}

/** A new list, always on several lines, because more scripts will follow. */
function listOf(print: Print, style: Style, indent: string): string {
  const inner = indent + style.unit
  const end = style.trailingComma ? ',' : ''
  return `[${style.newline}${inner}${print(inner, inner.length)}${end}${style.newline}${indent}]`
}

/** On one line if the previous script is, or if the text is short. */
function scriptPrinter(
  value: { readonly [key: string]: Value },
  style: Style,
  neighbour: MorphNode | undefined,
): Print {
  const isSpread = neighbour
    ? neighbour.getStartLineNumber() !== neighbour.getEndLineNumber()
    : Object.keys(value).length > 2
  return (indent, before) => {
    const fits = before + onOneLine(value, style).length + 1 <= style.width
    return isSpread || !fits ? spread(value, style, indent) : onOneLine(value, style)
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
