/**
 * The paths of a BSP in the exported project. Its own folder becomes `bsp/NAME` and contains the copies of
 * boards from npm; other files keep their paths. Build products have the same paths in both projects.
 */
import { posix } from 'node:path'
import { BOARD_COPIES } from '../layers/board.ts'
import { isProduct, liesIn } from '../model/paths.ts'

export interface Layout {
  /** The BSP's folder in the project that is exported, and in the exported one. */
  readonly from: string
  readonly to: string
  /** The path in the exported project; both relative to their project. */
  place(path: string): string
  /** A path of the exported project in the BSP's notation: `./x`. */
  own(path: string): string
}

/** @param taken whether the BSP already has a file at that path, relative to its folder */
export function bspLayout(name: string, folder: string, taken: (path: string) => boolean): Layout {
  const to = `bsp/${name}`
  let boards = 'boards'
  for (let n = 2; taken(boards); n++) boards = `boards-${n}`
  const below = (path: string, above: string) => above === '.' || liesIn(path, above)
  return {
    from: folder,
    to,
    place(path) {
      if (below(path, BOARD_COPIES)) return posix.join(to, boards, posix.relative(BOARD_COPIES, path))
      if (isProduct(path) || path === 'dist') return path
      return below(path, folder) ? posix.join(to, posix.relative(folder, path)) : path
    },
    own: path => relativeTo(to, path),
  }
}

/** For the project itself: no path changes. */
export const PROJECT_LAYOUT: Layout = {
  from: '.',
  to: '.',
  place: path => path,
  own: path => relativeTo('.', path),
}

function relativeTo(folder: string, path: string): string {
  return `./${posix.relative(posix.join('/', folder), posix.join('/', path))}`
}

/** Escapes glob characters of a path for a list of dependencies. */
export function withoutGlob(path: string): string {
  return path.replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&')
}
