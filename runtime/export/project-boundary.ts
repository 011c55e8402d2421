/** Refuses to copy files from outside the project. */
import { realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'

/** @param path relative to the project, without `.` and `..`; links count as their targets */
export function leadsOutside(root: string, path: string): boolean {
  if (path === '..' || path.startsWith('../')) return true
  try {
    const real = realpathSync(join(root, path))
    return real !== root && !real.startsWith(root + sep)
  } catch {
    return false
  }
}

export function outside(
  source: 'bsp' | 'project',
  path: string,
  keys: readonly (string | number)[],
): Finding {
  return {
    severity: 'error',
    code: 'path_escapes',
    message: `'${path}' lies outside the project, so it cannot be exported`,
    hint: 'copy it into the project',
    origin: { source, keys },
    at: 'value',
  }
}
