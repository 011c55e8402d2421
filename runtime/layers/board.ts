/** Finds a board's folder, its package, and the project path for its files. */
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder for copies of boards from outside the project: only the project is mounted where scripts run. */
export const BOARD_COPIES = 'dist/artifacts/boards'

export interface BoardPlace {
  /** The package's name; for a board in the project without its own package, the folder. */
  readonly name: string
  readonly version?: string
  /** The versions of this tool that the board supports, if it names any. */
  readonly requires?: string
  /** The folder that `./` means, relative to the project. */
  readonly folder: string
  /** The copy that this needs: from an absolute folder to a path in the project. */
  readonly copy?: { readonly from: string; readonly to: string }
}

/**
 * @param url the first argument of `defineBoard`
 * @param root the project's real path
 * @returns the problem as text if the URL leads nowhere
 */
export function placeOfBoard(url: string, root: string): BoardPlace | string {
  const folder = moduleFolder(url)
  if (folder === undefined) return `defineBoard(${JSON.stringify(url)}, …) does not give the board's folder`
  const found = packageAround(folder, root)
  const { version, requires } = found ?? {}
  const facts = { ...(version !== undefined && { version }), ...(requires !== undefined && { requires }) }
  const inside = posixPath(relative(root, folder))
  if (!inside.startsWith('..') && !/(^|\/)node_modules(\/|$)/.test(inside)) {
    return { name: found?.name ?? (inside || '.'), folder: inside || '.', ...facts }
  }
  const from = found?.folder ?? folder
  const name = found ? nameOfCopy(found, root) : `${basename(folder)}-${shortHash(folder)}`
  const to = `${BOARD_COPIES}/${name}`
  return {
    name: found?.name ?? basename(folder),
    folder: [to, posixPath(relative(from, folder))].filter(Boolean).join('/'),
    copy: { from, to },
    ...facts,
  }
}

/** The real path of the module's folder; for a URL that ends in `/`, that folder itself. */
function moduleFolder(url: string): string | undefined {
  try {
    const parsed = new URL(url)
    parsed.search = ''
    parsed.hash = ''
    const path = realpathSync(fileURLToPath(parsed))
    return statSync(path).isDirectory() ? path : dirname(path)
  } catch {
    return undefined
  }
}

interface FoundPackage {
  readonly folder: string
  readonly name: string
  readonly version?: string
  readonly requires?: string
}

/** The nearest package with a name. A package that contains the project does not count as the board's own. */
function packageAround(start: string, root: string): FoundPackage | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (`${root}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)) return undefined
    const found = readPackage(folder)
    if (found) return found
    if (basename(folder) === 'node_modules' || dirname(folder) === folder) return undefined
  }
}

/** The name becomes part of a folder's path. */
const PACKAGE_NAME = /^(@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/

function readPackage(folder: string): FoundPackage | undefined {
  let manifest: { name?: unknown; version?: unknown; peerDependencies?: Record<string, unknown> } | null
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
  const { name, version } = manifest ?? {}
  if (typeof name !== 'string' || !PACKAGE_NAME.test(name)) return undefined
  const requires = manifest?.peerDependencies?.['strux-bsp']
  return {
    folder,
    name,
    ...(typeof version === 'string' && { version }),
    ...(typeof requires === 'string' && { requires }),
  }
}

/** The package's name, with the version if the project resolves that name to another copy. */
function nameOfCopy({ name, folder, version }: FoundPackage, root: string): string {
  for (let above = root; ; above = dirname(above)) {
    const candidate = join(above, 'node_modules', name)
    if (statSync(candidate, { throwIfNoEntry: false })) {
      return realpathSync(candidate) === folder ? name : `${name}@${safe(version ?? shortHash(folder))}`
    }
    if (dirname(above) === above) return name
  }
}

const safe = (version: string) => version.replaceAll(/[^\w.+-]/g, '-')
const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
const posixPath = (path: string) => path.split(sep).join('/')
