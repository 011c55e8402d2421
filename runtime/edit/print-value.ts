/** Prints plain data as the text of a literal. */
import type { Style } from './style.ts'

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export function quoted(text: string, { quote }: Pick<Style, 'quote'>): string {
  // Use the other quote if that saves escapes, like formatters do.
  const other = quote === "'" ? '"' : "'"
  const used = text.includes(quote) && !text.includes(other) ? other : quote
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  const safe = inside.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  return `${used}${safe.replaceAll(used, `\\${used}`)}${used}`
}

export function keyText(key: string, style: Style): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__' ? key : quoted(key, style)
}

export function onOneLine(value: Value, style: Style): string {
  if (typeof value === 'string') return quoted(value, style)
  if (isList(value)) return `[${value.map(each => onOneLine(each, style)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(
    ([key, each]) => `${keyText(key, style)}: ${onOneLine(each, style)}`,
  )
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/**
 * On one line if that is short enough, else one line per member.
 *
 * @param indent the indentation of the line where the value begins
 * @param before number of characters before the value on that line, including indentation
 */
export function printed(value: Value, style: Style, indent: string, before: number): string {
  const line = onOneLine(value, style)
  if (typeof value !== 'object' || value === null || before + line.length + 1 <= style.width) return line
  return spread(value, style, indent)
}

/** One line per member. */
export function spread(
  value: readonly Value[] | { readonly [key: string]: Value },
  style: Style,
  indent: string,
): string {
  const inner = indent + style.unit
  const members = isList(value)
    ? value.map(each => printed(each, style, inner, inner.length))
    : Object.entries(value).map(([key, each]) => {
        const name = `${keyText(key, style)}: `
        return name + printed(each, style, inner, inner.length + name.length)
      })
  const [open, close] = isList(value) ? '[]' : '{}'
  if (members.length === 0) return `${open}${close}`
  const lines = members.join(`,${style.newline}${inner}`)
  const end = style.trailingComma ? ',' : ''
  return `${open}${style.newline}${inner}${lines}${end}${style.newline}${indent}${close}`
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
