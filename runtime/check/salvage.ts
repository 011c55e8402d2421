/**
 * Makes a partly wrong definition usable for checking files, so that all errors are reported at once: wrong
 * parts are removed or replaced. Never used for a build.
 */
import type * as z from 'zod'
import { bspSchema, projectSchema } from '../../lib/schema.ts'
import { sh } from '../../lib/sh.ts'
import { hasLayers } from '../layers/flatten.ts'
import type { Bsp, Loaded, LoadedProject, Project } from '../load/loaded.ts'
import { notData } from '../validate/not-data.ts'

type Key = PropertyKey
export type Keys = readonly Key[]

export interface Salvaged<T> {
  readonly value: T
  /** The keys of the parts that were removed or replaced. */
  readonly repaired: readonly Keys[]
}

/** Replacements for required values that hardly matter for files. */
const STAND_INS: Readonly<Record<'bsp' | 'project', Readonly<Record<string, unknown>>>> = {
  bsp: { name: 'unnamed', description: 'none', arch: 'host', hostname: 'unnamed' },
  project: { name: 'unnamed', project_version: '0.0.0', bsp: 'unnamed' },
}

/** Each round repairs at least one value or gives up. */
const MOST_ROUNDS = 50

export function salvageProject({
  value,
  root,
  bsps,
  exported,
}: LoadedProject): Salvaged<Project> | undefined {
  if (value) return { value, repaired: [] }
  const rest = salvage('project', projectSchema, exported)
  return rest && { value: { root, bsps, config: rest.value }, repaired: rest.repaired }
}

/** Undefined for a BSP with layers: a value that is wrong in one layer may be right in the merged data. */
export function salvageBsp({ bsps }: LoadedProject, bsp: Loaded<Bsp>): Salvaged<Bsp> | undefined {
  const { value, source, exported } = bsp
  if (value) return { value, repaired: [] }
  const file = source?.kind === 'yaml' ? source.file : source?.module.entry
  const location = bsps.find(each => each.file === file)
  const rest = location && !hasLayers(exported) ? salvage('bsp', bspSchema, exported) : undefined
  return location && rest && { value: { ...location, data: rest.value }, repaired: rest.repaired }
}

/** Undefined if too little is left. */
function salvage<T>(
  kind: 'bsp' | 'project',
  schema: z.ZodType<T>,
  definition: unknown,
): Salvaged<T> | undefined {
  const data = copied(definition)
  if (!isObject(data)) return undefined
  // What is no data is found without the schema: a path with a NUL character fits it.
  const repaired: Keys[] = notData(data).map(({ keys }) => repair(kind, data, keys))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const parsed = schema.safeParse(data)
    if (parsed.success) return { value: parsed.data, repaired }
    for (const issue of parsed.error.issues) {
      const wrong =
        issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...issue.path, key]) : [issue.path]
      for (const keys of wrong) repaired.push(repair(kind, data, keys))
    }
  }
  return undefined
}

/** Returns the keys of the changed part. */
function repair(kind: 'bsp' | 'project', data: Record<Key, unknown>, keys: Keys): Keys {
  const [first, index] = keys
  const { scripts } = data
  if (first === 'scripts' && typeof index === 'number' && Array.isArray(scripts)) {
    // The others keep their index in the list, because findings refer to it.
    if (keys.length > 2 && remove(data, keys, [])) return keys
    scripts[index] = standInScript(kind, scripts[index])
    return keys.slice(0, 2)
  }
  const standIn = keys.length === 1 ? STAND_INS[kind][String(first)] : undefined
  if (standIn !== undefined) {
    data[first!] = standIn
    return keys
  }
  const inList = keys.findIndex(key => typeof key === 'number')
  const whole = inList < 0 ? keys : keys.slice(0, inList)
  // A missing required value removes the object that should contain it.
  for (let length = whole.length; length > 0; length--)
    if (remove(data, whole.slice(0, length), Object.keys(STAND_INS[kind]))) return whole.slice(0, length)
  return []
}

/** Keeps only the script's location if it names a file; otherwise replaces the whole script. */
function standInScript(kind: 'bsp' | 'project', script: unknown): object {
  const { location } = isObject(script) ? script : {}
  const isSecond = isObject(script) && standIns.has(script)
  const where = typeof location === 'string' && !isSecond ? { location } : { run: sh`true` }
  const made = kind === 'bsp' ? { step: 'before_build', ...where } : where
  standIns.add(made)
  return made
}

const standIns = new WeakSet<object>()

/** Keys without which a script means something else. */
const NEEDED = ['step', 'location', 'run']

function remove(data: Record<Key, unknown>, keys: Keys, never: readonly string[]): boolean {
  const last = keys.at(-1)!
  if (keys.length === 1 && never.includes(String(last))) return false
  if (keys[0] === 'scripts' && NEEDED.includes(String(last))) return false
  const above = keys.slice(0, -1).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), data)
  if (!isObject(above) || Array.isArray(above) || !Object.hasOwn(above, last)) return false
  delete above[last]
  return true
}

/** Copies lists and plain objects; shares other values (inline scripts). */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (!isObject(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)]))
}

function isObject(value: unknown): value is Record<Key, unknown> {
  return typeof value === 'object' && value !== null
}
