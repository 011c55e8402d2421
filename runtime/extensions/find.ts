/** Finds the extensions of a project by their names. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Relative to the project; the first has precedence. */
const FOLDERS = ['extensions', 'userpatches/extensions'] as const

/** The files that may define an extension, in order of precedence. */
const FORMS: readonly ((name: string) => string)[] = [
  name => `${name}.ts`,
  name => `${name}/index.ts`,
  ...bashForms(),
]

/** A file in a folder of the same name, or a file. */
function bashForms(): ((name: string) => string)[] {
  return [name => `${name}/${posix.basename(name)}.sh`, name => `${name}.sh`]
}

/**
 * The file of the extension, relative to the project; undefined if there is none. `beside`: a folder that is
 * looked at after those of the project, and the one around it, for names in bash files. A name may have folders in
 * it (`vendor/secure-boot/unlock`), as in the original.
 */
export function findExtension(root: string, name: string, beside?: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/.test(name)) return undefined
  const others = beside === undefined ? [] : [beside, posix.dirname(beside)]
  const forms = FOLDERS.flatMap(folder => FORMS.map(form => `${folder}/${form(name)}`))
  const besides = others.flatMap(folder => bashForms().map(form => posix.join(folder, form(name))))
  const file = [...forms, ...besides].find(
    each => statSync(join(root, each), { throwIfNoEntry: false })?.isFile() ?? false,
  )
  if (file !== undefined || name.includes('/')) return file
  return FOLDERS.map(folder => deepFile(root, folder, `${name}.sh`)).find(Boolean)
}

/**
 * A bash file anywhere below the folder: the one that is least deep, then the first by name. The original takes any
 * (facts about extension hooks, "Finding and enabling").
 */
function deepFile(root: string, folder: string, name: string): string | undefined {
  if (!existsSync(join(root, folder))) return undefined
  const depth = (path: string) => path.split('/').length
  const [first] = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => posix.basename(path) === name)
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
  return first === undefined ? undefined : `${folder}/${first}`
}

/** The names of all extensions of the project, sorted. */
export function extensionNames(root: string): string[] {
  const entries = FOLDERS.flatMap(folder =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [],
  )
  const names = new Set(entries.map(entry => entry.replace(/\.(ts|sh)$/, '')))
  return [...names].filter(name => findExtension(root, name) !== undefined).sort()
}
