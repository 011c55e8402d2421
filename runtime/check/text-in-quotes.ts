/** Finds values of inline scripts that stand inside double quotes, where their own quotes become part of the text. */
import { isSh, valueInQuotes } from '../../lib/sh.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../model/origin.ts'

/** @param data a valid BSP or project */
export function checkQuotes(data: unknown, source: Origin['source']): Finding[] {
  const found: Finding[] = []
  const visit = (value: unknown, keys: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return
    if (!isSh(value)) {
      for (const [key, part] of Object.entries(value))
        visit(part, [...keys, Array.isArray(value) ? Number(key) : key])
      return
    }
    const inside = valueInQuotes(value)
    if (inside === undefined) return
    found.push({
      severity: 'warning',
      code: 'value_in_quotes',
      message: `${inside} stands inside double quotes: sh quotes each value, so the quotes become part of the text`,
      hint: 'End the double quotes before the value: "$D/"${name}\'.txt\'.',
      origin: { source, keys },
      at: 'value',
    })
  }
  visit(data, [])
  return found
}
