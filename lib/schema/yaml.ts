/** The schemas of bsp.yaml and strux.yaml: without the keys that only TypeScript has. */
import * as z from 'zod'
import { bspSchema } from './bsp.ts'
import { projectSchema } from './project.ts'

/**
 * How an export converts a key that only TypeScript has:
 * - `file`: the inline script is written to a file
 * - `script`: a generated script does the work
 * - `layout`: the layout of the files expresses it
 * - `comment`: only this tool needs it; a comment records it
 * - `run`: only `strux run` and `strux test` read it
 * - `unchecked`: a check that no other tool makes
 * - `builder`: concerns this tool's own builder images
 * - `fixed`: other tools have a fixed value
 * - `refused`: YAML tools would build something else
 */
export type YamlFate =
  | 'file'
  | 'script'
  | 'layout'
  | 'comment'
  | 'run'
  | 'unchecked'
  | 'builder'
  | 'fixed'
  | 'refused'

/**
 * The single list of keys that exist only in TypeScript; `*` is any entry of a list. `extends` is resolved
 * before.
 */
export const TYPESCRIPT_KEYS = {
  bsp: {
    'scripts.*.run': 'file',
    'scripts.*.id': 'comment',
    'scripts.*.tools': 'comment',
    'boot.kernel.package': 'refused',
    'boot.kernel.sha256': 'unchecked',
    'boot.bootloader.sha256': 'unchecked',
    'boot.cmdline': 'run',
    'rootfs.repositories': 'refused',
    image: 'script',
    packages: 'refused',
    target_finalize: 'refused',
    post_build: 'refused',
    post_fakeroot: 'refused',
    post_image: 'script',
    qemu: 'run',
  },
  project: {
    'scripts.*.run': 'file',
    'scripts.*.id': 'comment',
    bsps: 'layout',
    application: 'layout',
    cage: 'refused',
    packages: 'refused',
    test: 'run',
    'rootfs.components': 'fixed',
    'rootfs.media': 'fixed',
    'rootfs.fonts': 'fixed',
    'rootfs.gpu_drivers': 'fixed',
    'rootfs.repositories': 'refused',
    'build.steps': 'refused',
    'builder.image': 'builder',
    'builder.mirror': 'builder',
    'builder.suite': 'refused',
    // With everything below it.
    builder: 'layout',
  },
} as const satisfies Record<'bsp' | 'project', Readonly<Record<string, YamlFate>>>

/** Keys of a BSP that may be a list in TypeScript, but are one string in YAML, with their description there. */
const TYPESCRIPT_LISTS: Readonly<Record<string, string>> = {
  'rootfs.overlay':
    "A folder whose files are copied over the root filesystem. `./x` is in the BSP's folder; other paths are relative to the project.",
}

/** A whole bsp.yaml: the wrapper and the content below `bsp:`. */
export function bspFileSchema(): z.ZodType {
  bspFile ??= z
    .strictObject({
      /** The version that the file was written for, as text. Nothing reads it. */
      strux_version: z
        .string()
        .describe('The version that the file was written for, as text. Nothing reads it.'),
      /** The board support package. */
      bsp: yamlSchema('bsp').describe('The board support package.'),
    })
    .describe('A board support package (bsp.yaml).')
  return bspFile
}

/** A whole strux.yaml. */
export function projectFileSchema(): z.ZodType {
  projectFile ??= (yamlSchema('project') as z.ZodObject)
    .extend({
      /** The version that the file was written for. Nothing reads it. */
      strux_version: z
        .unknown()
        .optional()
        .describe('The version that the file was written for. Nothing reads it.'),
    })
    .describe('A project (strux.yaml).')
  return projectFile
}

let bspFile: z.ZodType | undefined
let projectFile: z.ZodType | undefined

/** The YAML schema of the content below `bsp:`, or of strux.yaml. */
export function yamlSchema(kind: 'bsp' | 'project'): z.ZodType {
  const gone = Object.keys(TYPESCRIPT_KEYS[kind]).map(key => key.split('.'))
  if (kind === 'project') return without(projectSchema, gone)
  return Object.entries(TYPESCRIPT_LISTS).reduce(
    (schema, [key, description]) => single(schema, key.split('.'), description),
    without(bspSchema, gone),
  )
}

/** Whether TypeScript has a key there that YAML lacks. */
export function isTypeScriptKey(kind: 'bsp' | 'project', keys: readonly (string | number)[]): boolean {
  const place = keys.map(key => (typeof key === 'number' ? '*' : key)).join('.')
  return place === 'extends' || Object.hasOwn(TYPESCRIPT_KEYS[kind], place)
}

/** Whether a BSP may have a list there in TypeScript, but not in YAML. */
export function isTypeScriptList(keys: readonly (string | number)[]): boolean {
  return Object.hasOwn(TYPESCRIPT_LISTS, keys.join('.'))
}

/** A rule of a whole object is dropped if one of the object's keys is: such rules concern these keys. */
function without(schema: z.core.$ZodType, gone: readonly (readonly string[])[]): z.ZodType {
  if (gone.length === 0) return schema as z.ZodType
  const { def } = (schema as z.core.$ZodTypes)._zod
  const { description } = schema as z.ZodType
  const described = (made: z.ZodType) => (description === undefined ? made : made.describe(description))
  const below = (key: string) =>
    gone.flatMap(([first, ...rest]) => (first === key && rest.length > 0 ? [rest] : []))
  switch (def.type) {
    case 'optional':
      return described(without(def.innerType, gone).optional())
    case 'readonly':
      return described(without(def.innerType, gone).readonly())
    case 'array':
      return described(z.array(without(def.element, below('*'))))
    case 'object': {
      const names = new Set(gone.flatMap(([first, ...rest]) => (rest.length === 0 ? [first] : [])))
      const shape = Object.entries(def.shape).flatMap(([key, child]): [string, z.ZodType][] => {
        if (names.has(key)) return []
        // Without `run`, `location` is the only way to give a script.
        const only = key === 'location' && names.has('run')
        return [[key, only ? required(child) : without(child, below(key))]]
      })
      return described(z.strictObject(Object.fromEntries(shape)))
    }
    default:
      return schema as z.ZodType
  }
}

/** Replaces the value at these keys by an optional string. */
function single(schema: z.core.$ZodType, keys: readonly string[], description: string): z.ZodType {
  const [key, ...rest] = keys
  if (key === undefined) return z.string().optional().describe(description)
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'optional') {
    const made = single(def.innerType, keys, description).optional()
    const said = (schema as z.ZodType).description
    return said === undefined ? made : made.describe(said)
  }
  const { shape } = def as z.core.$ZodObjectDef
  return z.strictObject({ ...shape, [key]: single(shape[key]!, rest, description) } as z.ZodRawShape)
}

function required(schema: z.core.$ZodType): z.ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const { description } = schema as z.ZodType
  const inner = (def.type === 'optional' ? def.innerType : schema) as z.ZodType
  return description === undefined ? inner : inner.describe(description)
}
