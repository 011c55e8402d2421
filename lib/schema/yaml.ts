/** The forms of bsp.yaml and strux.yaml: the same schemas without the keys that only TypeScript has. */
import * as z from 'zod'
import { bspSchema } from './bsp.ts'
import { projectSchema } from './project.ts'

/**
 * What becomes of a TypeScript key where a definition is written as YAML:
 * - `file`: the inline script becomes a file
 * - `script`: what it asks for is done by a generated script
 * - `layout`: it is made true by where files lie
 * - `comment`: nothing but this tool needs it; a comment keeps it
 * - `run`: only `strux run` and `strux test` read it
 * - `unchecked`: a check that nothing else makes
 * - `builder`: it is about this tool's own builder images
 * - `fixed`: other tools have a set of their own, which nobody can choose
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

/** The only list of keys that exist in TypeScript alone; `*` is any entry of a list. `extends` is gone before it matters. */
export const TYPESCRIPT_KEYS = {
  bsp: {
    'scripts.*.run': 'file',
    'scripts.*.id': 'comment',
    'scripts.*.tools': 'comment',
    'boot.kernel.sha256': 'unchecked',
    'boot.bootloader.sha256': 'unchecked',
    'boot.cmdline': 'run',
    'rootfs.repositories': 'refused',
    image: 'script',
    qemu: 'run',
  },
  project: {
    'scripts.*.run': 'file',
    'scripts.*.id': 'comment',
    bsps: 'layout',
    application: 'layout',
    cage: 'refused',
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
    // With all that is in it.
    builder: 'layout',
  },
} as const satisfies Record<'bsp' | 'project', Readonly<Record<string, YamlFate>>>

/** Keys of a BSP that may be a list in TypeScript, but are one string in YAML; how they are described there. */
const TYPESCRIPT_LISTS: Readonly<Record<string, string>> = {
  'rootfs.overlay':
    "Folder whose files are copied over the root filesystem. `./x` is in the BSP's folder, else in the project.",
}

/** A whole bsp.yaml: what is below `bsp:`, and its wrapper. */
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

/** What YAML can say below `bsp:`, or in strux.yaml. */
export function yamlSchema(kind: 'bsp' | 'project'): z.ZodType {
  const gone = Object.keys(TYPESCRIPT_KEYS[kind]).map(key => key.split('.'))
  if (kind === 'project') return without(projectSchema, gone)
  return Object.entries(TYPESCRIPT_LISTS).reduce(
    (schema, [key, description]) => single(schema, key.split('.'), description),
    without(bspSchema, gone),
  )
}

/** Whether TypeScript has a key there that YAML does not have. */
export function isTypeScriptKey(kind: 'bsp' | 'project', keys: readonly (string | number)[]): boolean {
  const place = keys.map(key => (typeof key === 'number' ? '*' : key)).join('.')
  return place === 'extends' || Object.hasOwn(TYPESCRIPT_KEYS[kind], place)
}

/** Whether a BSP may have a list there in TypeScript, but not in YAML. */
export function isTypeScriptList(keys: readonly (string | number)[]): boolean {
  return Object.hasOwn(TYPESCRIPT_LISTS, keys.join('.'))
}

/** Rules of a whole object are lost where one of its keys is: those rules are about such keys. */
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
        // Without `run` there is no other place for a script.
        const only = key === 'location' && names.has('run')
        return [[key, only ? required(child) : without(child, below(key))]]
      })
      return described(z.strictObject(Object.fromEntries(shape)))
    }
    default:
      return schema as z.ZodType
  }
}

/** An optional string in place of what is at these keys. */
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
