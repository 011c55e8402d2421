/** Licence texts of a package that does not say where they are. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LicenseText } from './component.ts'

/** The files at the top of a folder whose names say that they are about the licence. */
export function licenseFiles(folder: string): LicenseText[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(each => each.isFile() && /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(each.name))
    .map(({ name }) => ({ name, from: join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
