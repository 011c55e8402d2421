/** Definitions are data: what a plan, a fingerprint and an exported bsp.yaml can hold. This finds what is not. */
import { isSh } from '../../lib/sh.ts'

export interface NotData {
  readonly keys: readonly (string | number)[]
  readonly message: string
  readonly hint?: string
}

/** Everything below `value` that is no data: functions, promises, instances of classes, cycles. */
export function notData(value: unknown): NotData[] {
  const found: NotData[] = []
  visit(value, [], new Set(), found)
  return found
}

/** `keys` is the way to the value, changed in place: nearly always there is nothing to tell it for. */
function visit(value: unknown, keys: (string | number)[], above: Set<object>, found: NotData[]): void {
  const complaint = complaintAbout(value)
  if (complaint) {
    found.push({ keys: [...keys], ...complaint })
    return
  }
  if (typeof value !== 'object' || value === null || isSh(value)) return
  if (above.has(value)) {
    found.push({ keys: [...keys], message: 'the value contains itself' })
    return
  }
  above.add(value)
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    keys.push(key)
    visit((value as Record<string | number, unknown>)[key], keys, above, found)
    keys.pop()
  }
  above.delete(value)
}

function complaintAbout(value: unknown): { message: string; hint?: string } | undefined {
  switch (typeof value) {
    case 'function':
      return {
        message: `a function${value.name ? ` (${value.name})` : ''} is no data`,
        hint: value.length === 0 ? 'call it: write its result, with ()' : 'call it: write its result',
      }
    case 'symbol':
    case 'bigint':
      return { message: `a ${typeof value} is no data`, hint: 'write a string or a number' }
    case 'object':
      return value === null || Array.isArray(value) || isSh(value) ? undefined : ofClass(value)
  }
  return undefined
}

function ofClass(value: object): { message: string; hint?: string } | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  // Any realm's Object.prototype has no prototype itself; a module namespace and Object.create(null) have none.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  if (typeof (value as { then?: unknown }).then === 'function') {
    // Should it fail later, that is not to end the process: the author is told here already.
    Promise.resolve(value).catch(() => undefined)
    return { message: 'a promise is no data', hint: 'write await before it' }
  }
  const name = (prototype as { constructor?: { name?: string } }).constructor?.name || 'class'
  const hints: Readonly<Record<string, string>> = {
    URL: 'write a path as a string: relative to the folder of the definition',
    Map: 'write an object: Object.fromEntries(map)',
    Set: 'write a list: [...set]',
    Date: 'write a string: date.toISOString()',
  }
  const hint = hints[name] ?? 'write a plain object'
  return { message: `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name} is no data`, hint }
}
