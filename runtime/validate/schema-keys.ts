/** The keys that a zod schema allows, for "did you mean". */
import type * as z from 'zod'

type Keys = readonly PropertyKey[]

/** The keys that an object under these keys may have; empty if the schema has none. */
export function keysAt(schema: z.core.$ZodType, path: Keys): string[] {
  let here = objectsAndLists(schema)
  for (const key of path) here = here.flatMap(part => step(part, key))
  return here.flatMap(part => Object.keys(shapeOf(part) ?? {}))
}

/** The objects that have a key of that name, such as `boot.kernel` (`[]` for list elements, '' for the top). */
export function placesOfKey(schema: z.core.$ZodType, key: string): readonly string[] {
  let places = placesOf.get(schema)
  if (!places) {
    places = new Map()
    search(schema, '', places)
    placesOf.set(schema, places)
  }
  return places.get(key) ?? []
}

/** Cached: a file may have thousands of wrong keys. */
const placesOf = new WeakMap<z.core.$ZodType, Map<string, string[]>>()

function search(node: z.core.$ZodType, at: string, found: Map<string, string[]>): void {
  for (const part of objectsAndLists(node)) {
    for (const [name, child] of Object.entries(shapeOf(part) ?? {})) {
      const places = found.get(name)
      if (!places) found.set(name, [at])
      else if (!places.includes(at)) places.push(at)
      search(child, at ? `${at}.${name}` : name, found)
    }
    const element = elementOf(part)
    if (element) search(element, `${at}[]`, found)
  }
}

function step(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  const element = elementOf(schema)
  if (element && typeof key === 'number') return objectsAndLists(element)
  const shape = shapeOf(schema)
  const child = shape && typeof key === 'string' && Object.hasOwn(shape, key) ? shape[key] : undefined
  return child ? objectsAndLists(child) : []
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'object' ? def.shape : undefined
}

function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'array' ? def.element : undefined
}

/** The schema without wrappers; for a union, every option. */
function objectsAndLists(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
      return objectsAndLists(def.innerType)
    case 'lazy':
      return objectsAndLists(def.getter())
    case 'pipe':
      return [...objectsAndLists(def.in), ...objectsAndLists(def.out)]
    case 'union':
      return def.options.flatMap(objectsAndLists)
    case 'object':
    case 'array':
      return [schema]
    default:
      return []
  }
}
