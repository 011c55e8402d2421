/**
 * The splash logo at a fixed path, `dist/artifacts/logo.png`, where scripts of existing projects expect it. A
 * build copies it before anything else, if the content differs.
 */
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectData } from '../../lib/schema.ts'
import type { Plan } from '../model/plan.ts'
import { replaceFile } from '../state/atomic-file.ts'

const LOGO = 'dist/artifacts/logo.png'

/**
 * The source of each copy, by the path of the copy; both relative to the project. Empty if a script makes that
 * file.
 */
export function splashLogo({ boot }: ProjectData, { nodes }: Plan): ReadonlyMap<string, string> {
  const isMade = nodes.some(node => node.artifacts.some(({ path }) => path === LOGO))
  return new Map(boot?.splash?.enabled && !isMade ? [[LOGO, boot.splash.logo]] : [])
}

/** Ignores a missing source: the nodes that read it report it. */
export function placeCopies(root: string, copies: ReadonlyMap<string, string>): void {
  for (const [to, from] of copies) {
    const [source, target] = [join(root, from), join(root, to)]
    if (!statSync(source, { throwIfNoEntry: false })?.isFile() || isSame(source, target)) continue
    replaceFile(target, temporary => copyFileSync(source, temporary))
  }
}

function isSame(source: string, target: string): boolean {
  return (
    statSync(target, { throwIfNoEntry: false })?.isFile() === true &&
    readFileSync(source).equals(readFileSync(target))
  )
}
