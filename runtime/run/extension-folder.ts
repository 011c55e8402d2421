/** The folder that SRC names for handlers of extensions: caches, and links to the output and to files of the user. */
import { existsSync, lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { outputFolder } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { extensionFolder, USER_FOLDERS } from '../plan/environment.ts'
import { makeFolder } from '../state/folder.ts'

/** Makes it if the plan has handlers. Links are relative, so that they hold in containers too. */
export function makeExtensionFolder(root: string, { bsp, nodes }: Plan): void {
  if (!nodes.some(node => node.kind === 'script' && node.handler)) return
  const folder = join(root, extensionFolder(bsp))
  for (const name of ['sources', 'tools']) makeFolder(join(folder, 'cache', name))
  const up = extensionFolder(bsp).replace(/[^/]+/g, '..')
  link(join(folder, 'output'), `${up}/${outputFolder(bsp)}`)
  for (const name of USER_FOLDERS) if (existsSync(join(root, name))) link(join(folder, name), `${up}/${name}`)
}

function link(path: string, target: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() && readlinkSync(path) === target) return
  if (stat) rmSync(path, { recursive: true })
  symlinkSync(target, path)
}
