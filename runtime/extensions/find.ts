/** Finds the extensions of a project by their names. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Relative to the project; the first has precedence. */
const FOLDERS = ['extensions', 'userpatches/extensions'] as const

/** The files that may define an extension, in order of precedence. */
const FORMS: readonly ((name: string) => string)[] = [
  name => `${name}.ts`,
  name => `${name}/index.ts`,
  name => `${name}.sh`,
  name => `${name}/${name}.sh`,
]

/** The file of the extension, relative to the project; undefined if there is none. */
export function findExtension(root: string, name: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined
  return FOLDERS.flatMap(folder => FORMS.map(form => `${folder}/${form(name)}`)).find(
    file => statSync(join(root, file), { throwIfNoEntry: false })?.isFile() ?? false,
  )
}

/** The names of all extensions of the project, sorted. */
export function extensionNames(root: string): string[] {
  const entries = FOLDERS.flatMap(folder =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [],
  )
  const names = new Set(entries.map(entry => entry.replace(/\.(ts|sh)$/, '')))
  return [...names].filter(name => findExtension(root, name) !== undefined).sort()
}
