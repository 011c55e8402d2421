/** Finds values that are not plain data. A plan, a fingerprint and an exported bsp.yaml can only hold data. */
import { isPromise } from 'node:util/types'
import { isExtension } from '../../lib/definition.ts'
import { isSh } from '../../lib/sh.ts'
import { Unusable } from '../diagnostics/unusable.ts'

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

interface Complaint {
  readonly message: string
  readonly hint?: string
}

function complaintAbout(value: unknown): Complaint | undefined {
  switch (typeof value) {
    case 'string':
      return ofText(value)
    case 'function':
      return functionComplaint(value)
    case 'symbol':
    case 'bigint':
      return { message: `a ${typeof value} is not data`, hint: 'write a string or a number' }
    case 'object':
      if (value === null || Array.isArray(value)) return undefined
      if (value instanceof Unusable) {
        const { message, hint } = value
        return { message, ...(hint !== undefined && { hint }) }
      }
      return isSh(value) ? ofText(value.text) : classComplaint(value)
  }
  return undefined
}

/** No file, program or variable can have such a text. */
function ofText(text: string): Complaint | undefined {
  if (text.includes('\0'))
    return { message: 'the text has a NUL character (\\0) in it', hint: 'leave it out' }
  if (!/\p{Surrogate}/u.test(text)) return undefined
  const hint = 'a character outside the Basic Multilingual Plane was cut in two'
  return { message: 'the text is not valid Unicode: it has half of a surrogate pair in it', hint }
}

export function functionComplaint(value: object): Complaint {
  // A class may have getters of these names.
  const name = read(value, 'name')
  const message = `a function${typeof name === 'string' && name !== '' ? ` (${name})` : ''} is not data`
  const takesNothing = read(value, 'length') === 0
  return { message, hint: takesNothing ? 'call it: write its result, with ()' : 'call it: write its result' }
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** Complains about an instance of a class; undefined for plain objects. */
export function classComplaint(value: object): Complaint | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  // In every realm, Object.prototype itself has no prototype; module namespaces and Object.create(null) have
  // none either.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined
  if (isPromise(value) || typeof (value as { then?: unknown }).then === 'function') {
    // A later rejection must not end the process: the author gets this message instead.
    Promise.resolve(value).catch(() => undefined)
    return { message: 'a promise is not data', hint: 'write await before it' }
  }
  const name = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  const noun = typeof name === 'string' && name !== '' ? name : 'class'
  const hint = HINTS.get(noun) ?? 'write a plain object'
  return { message: `${/^[AEIO]/.test(noun) ? 'an' : 'a'} ${noun} is not data`, hint }
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['URL', 'write a path as a string: relative to the folder of the definition'],
  ['Map', 'write an object: Object.fromEntries(map)'],
  ['Set', 'write a list: [...set]'],
  ['Date', 'write a string: date.toISOString()'],
  ['Buffer', "write a string: buffer.toString('utf8')"],
  ['String', 'write the text without new String()'],
])
