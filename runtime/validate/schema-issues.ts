/** The schema's issues in the author's terms, with the likely fix. */
import type * as z from 'zod'
import type { RuleParams } from '../../lib/schema/rule.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { show, showKeys, showKind } from '../diagnostics/show-value.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Origin } from '../model/origin.ts'
import { keysAt, placesOfKey } from './schema-keys.ts'

type Issue = z.core.$ZodIssue
type Key = string | number
type Complaint = Pick<Finding, 'code' | 'message' | 'hint'> & {
  readonly keys: readonly Key[]
  readonly at?: 'key'
}

interface Context {
  readonly schema: z.core.$ZodType
  /** The whole definition as the author wrote it. */
  readonly root: unknown
  readonly source: Origin['source']
}

export function issueFindings(
  issues: readonly Issue[],
  schema: z.core.$ZodType,
  root: unknown,
  source: Origin['source'],
): Finding[] {
  const context = { schema, root, source }
  return flatten(issues, []).flatMap(issue =>
    complaints(issue, context).map(
      ({ keys, at, ...said }): Finding => ({
        severity: 'error',
        ...said,
        origin: { source, keys },
        at: at ?? 'value',
      }),
    ),
  )
}

/** An issue with its whole path; for a union, only if its branches agree. */
type Flat = Exclude<Issue, z.core.$ZodIssueInvalidUnion> | Alternatives

interface Alternatives {
  readonly code: 'alternatives'
  readonly path: readonly PropertyKey[]
  readonly expected: readonly string[]
  readonly values: readonly unknown[]
}

function flatten(issues: readonly Issue[], above: readonly PropertyKey[]): Flat[] {
  return issues.flatMap((issue): Flat[] => {
    const path = [...above, ...issue.path]
    if (issue.code !== 'invalid_union') return [{ ...issue, path }]
    const branches = issue.errors.map(branch => flatten(branch, path))
    // A branch with issues in parts of the value, or from a rule of ours, is the intended one: the value has
    // its type.
    const meant = branches.filter(branch => !branch.some(part => isOtherKind(part, path.length)))
    const best = meant.sort((a, b) => a.length - b.length)[0]
    if (best) return best
    const parts = branches.flat().filter(part => isOtherKind(part, path.length))
    const expected = parts.flatMap(part =>
      part.code === 'invalid_type' ? [part.expected] : part.code === 'alternatives' ? part.expected : [],
    )
    const values = parts.flatMap(part =>
      part.code === 'invalid_value' || part.code === 'alternatives' ? part.values : [],
    )
    return [{ code: 'alternatives', path, expected: [...new Set(expected)], values }]
  })
}

function isOtherKind(issue: Flat, depth: number): boolean {
  return issue.path.length === depth && ['invalid_type', 'invalid_value', 'alternatives'].includes(issue.code)
}

function complaints(issue: Flat, context: Context): Complaint[] {
  const keys = issue.path.map(key => (typeof key === 'number' ? key : String(key)))
  const value = valueAt(context.root, keys)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey(key, keys, context))
    case 'invalid_type':
      return [value === undefined ? missing(keys, context) : wrongType(keys, [issue.expected], value)]
    case 'alternatives':
      if (value === undefined) return [missing(keys, context)]
      if (issue.expected.length > 0) return [wrongType(keys, issue.expected, value)]
      return [unknownValue(keys, issue.values, value)]
    case 'invalid_value':
      return [value === undefined ? missing(keys, context) : unknownValue(keys, issue.values, value)]
    case 'custom':
      return [brokenRule(keys, issue.message, issue.params as Partial<RuleParams> | undefined, value)]
    default:
      return [
        { code: 'invalid_value', message: `${showKeys(keys)}: ${issue.message}, not ${show(value)}`, keys },
      ]
  }
}

function unknownKey(key: string, keys: readonly Key[], context: Context): Complaint {
  const where = keys.length > 0 ? `${showKeys(keys)} has no key '${key}'` : `there is no key '${key}'`
  const hint = unknownKeyHint(key, keys, context)
  return { code: 'unknown_key', message: where, ...(hint && { hint }), keys: [...keys, key], at: 'key' }
}

function unknownKeyHint(key: string, keys: readonly Key[], { schema, source }: Context): string | undefined {
  // Layers are not in the schema, which describes the merged BSP, and YAML files have none.
  const known = keysAt(schema, keys)
  const here = source === 'bsp' && keys.length === 0 && !known.includes('bsp') ? [...known, 'extends'] : known
  const near = suggest(key, here)
  if (near !== undefined) return `did you mean '${near}'?`
  const [elsewhere, ...others] = placesOfKey(schema, key)
  if (elsewhere !== undefined && others.length === 0) {
    return elsewhere === '' ? `'${key}' belongs at the top` : `'${key}' belongs in '${elsewhere}'`
  }
  return here.length > 0 ? `possible keys: ${here.join(', ')}` : undefined
}

/** Reported at the object that lacks the key; if the key exists with value undefined, at that value. */
function missing(keys: readonly Key[], { root }: Context): Complaint {
  const key = keys.at(-1)
  const above = keys.slice(0, -1)
  const container = valueAt(root, above)
  const place = above.length > 0 ? showKeys(above) : 'the definition'
  if (typeof key === 'number') {
    const hint = 'entries that may be absent: ...(condition ? [entry] : [])'
    return { code: 'wrong_type', message: `${showKeys(keys)} is undefined`, hint, keys }
  }
  if (key === undefined) return { code: 'wrong_type', message: 'the definition is undefined', keys }
  if (typeof container === 'object' && container !== null && key in container) {
    return {
      code: 'missing_key',
      message: `'${key}' of ${place} is undefined`,
      hint: `give '${key}' a value`,
      keys,
    }
  }
  return { code: 'missing_key', message: `${place} needs '${key}'`, hint: `add '${key}: …'`, keys: above }
}

function wrongType(keys: readonly Key[], expected: readonly string[], value: unknown): Complaint {
  const wanted = expected.map(type => NOUNS[type] ?? type).join(' or ')
  const place = keys.length > 0 ? showKeys(keys) : 'the definition'
  const hint = typeHint(keys, expected, value)
  const message = `${place} must be ${wanted}, not ${showKind(value)}`
  return { code: 'wrong_type', message, ...(hint && { hint }), keys }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function typeHint(keys: readonly Key[], expected: readonly string[], value: unknown): string | undefined {
  const wants = (type: string) => expected.includes(type)
  if (value === null) return 'leave the key out'
  if (wants('string') && typeof value === 'number') return `put it in quotes: '${value}'`
  if (wants('boolean') && (value === 'true' || value === 'false')) return `write ${value} without quotes`
  if (
    (wants('number') || wants('int')) &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    !Number.isNaN(Number(value))
  ) {
    return `write ${Number(value)} without quotes`
  }
  if (wants('array') && typeof value === 'string') return `put it in a list: [${show(value)}]`
  if (wants('array') && typeof value === 'object') return 'put it in a list: [{ … }]'
  if (wants('string') && !wants('array') && Array.isArray(value) && value.length === 1)
    return `write ${show(value[0])}`
  if (typeof keys.at(-1) === 'number' && value === false)
    return 'entries that may be absent: ...(condition ? [entry] : [])'
  return undefined
}

function unknownValue(keys: readonly Key[], values: readonly unknown[], value: unknown): Complaint {
  const near =
    typeof value === 'string'
      ? suggest(
          value,
          values.filter(one => typeof one === 'string'),
        )
      : undefined
  const hint = near !== undefined ? `did you mean ${show(near)}?` : `one of ${values.map(show).join(', ')}`
  return { code: 'unknown_value', message: `${showKeys(keys)} cannot be ${show(value)}`, hint, keys }
}

function brokenRule(
  keys: readonly Key[],
  message: string,
  params: Partial<RuleParams> | undefined,
  value: unknown,
): Complaint {
  const near = typeof value === 'string' ? suggest(value, params?.choices ?? []) : undefined
  const hint = near !== undefined ? `did you mean '${near}'?` : params?.hint
  const place = value === undefined && keys.length > 0 ? { keys: keys.slice(0, -1) } : { keys }
  return {
    code: params?.code ?? 'invalid_value',
    message: message.slice(0, 300),
    ...(hint && { hint }),
    ...place,
  }
}

function valueAt(root: unknown, keys: readonly Key[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<Key, unknown> | null | undefined)?.[key], root)
}
