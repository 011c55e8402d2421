/** Finds values that are not plain data. A plan, a fingerprint and an exported bsp.yaml can only hold data. */
import { isExtension } from '../../lib/definition.ts'
import { isSh } from '../../lib/sh.ts'

export interface NotData {
  readonly keys: readonly (string | number)[]
  readonly message: string
  readonly hint?: string
}

/**
 * Everything below `value` that is not data: functions, promises, class instances, cycles. Extensions may hold
 * functions.
 */
export function notData(value: unknown): NotData[] {
  const found: NotData[] = []
  visit(value, [], new Set(), found)
  return found
}

/** `keys` leads to the value and is changed in place, because it is rarely needed. */
function visit(value: unknown, keys: (string | number)[], above: Set<object>, found: NotData[]): void {
  const complaint = complaintAbout(value)
  if (complaint) {
    found.push({ keys: [...keys], ...complaint })
    return
  }
  if (typeof value !== 'object' || value === null || isSh(value)) return
  if (isExtension(value)) return
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
        message: `a function${value.name ? ` (${value.name})` : ''} is not data`,
        hint: value.length === 0 ? 'call it: write its result, with ()' : 'call it: write its result',
      }
    case 'symbol':
    case 'bigint':
      return { message: `a ${typeof value} is not data`, hint: 'write a string or a number' }
    case 'object':
      return value === null || Array.isArray(value) || isSh(value) ? undefined : ofClass(value)
  }
  return undefined
}

function ofClass(value: object): { message: string; hint?: string } | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  // In every realm, Object.prototype itself has no prototype; module namespaces and Object.create(null) have
  // none either.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  if (typeof (value as { then?: unknown }).then === 'function') {
    // A later rejection must not end the process: the author gets this message instead.
    Promise.resolve(value).catch(() => undefined)
    return { message: 'a promise is not data', hint: 'write await before it' }
  }
  const name = (prototype as { constructor?: { name?: string } }).constructor?.name || 'class'
  const hints: Readonly<Record<string, string>> = {
    URL: 'write a path as a string: relative to the folder of the definition',
    Map: 'write an object: Object.fromEntries(map)',
    Set: 'write a list: [...set]',
    Date: 'write a string: date.toISOString()',
  }
  const hint = hints[name] ?? 'write a plain object'
  return { message: `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name} is not data`, hint }
}
