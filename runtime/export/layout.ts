/**
 * Where the files of a BSP are in the exported project: its own folder is `bsp/NAME` there, the copies of boards from npm
 * lie in it, and everything else stays where it was. Products of builds have the same places in both.
 */
import { posix } from 'node:path'
import { BOARD_COPIES } from '../layers/board.ts'
import { isProduct } from '../model/paths.ts'

export interface Layout {
  /** The BSP's folder in the project that is exported, and in the exported one. */
  readonly from: string
  readonly to: string
  /** The exported place of a path; both relative to their project. */
  place(path: string): string
  /** A path of the exported project as the BSP writes it: `./x`. */
  own(path: string): string
}

/** @param taken whether the BSP has something at that path already, relative to its folder */
export function bspLayout(name: string, folder: string, taken: (path: string) => boolean): Layout {
  const to = `bsp/${name}`
  let boards = 'boards'
  for (let n = 2; taken(boards); n++) boards = `boards-${n}`
  const below = (path: string, above: string) =>
    above === '.' || path === above || path.startsWith(`${above}/`)
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

/** Of the project itself: nothing moves. */
export const PROJECT_LAYOUT: Layout = {
  from: '.',
  to: '.',
  place: path => path,
  own: path => relativeTo('.', path),
}

function relativeTo(folder: string, path: string): string {
  return `./${posix.relative(posix.join('/', folder), posix.join('/', path))}`
}

/** A path as it may stand in a list of dependencies, where a few characters have a meaning. */
export function withoutGlob(path: string): string {
  return path.replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&')
}
