/**
 * Finds the nodes that make a path, one of its parent folders or something inside it, without comparing every
 * pair.
 */
export class MakerIndex {
  readonly #exact = new Map<string, number[]>()
  readonly #below = new Map<string, number[]>()

  /** `made`: for each node, the paths that it makes or changes. */
  constructor(made: readonly (readonly string[])[]) {
    made.forEach((paths, maker) => {
      for (const path of paths) {
        push(this.#exact, path, maker)
        for (const parent of parents(path)) push(this.#below, parent, maker)
      }
    })
  }

  overlapping(path: string): number[] {
    const found = [...(this.#exact.get(path) ?? []), ...(this.#below.get(path) ?? [])]
    for (const parent of parents(path)) found.push(...(this.#exact.get(parent) ?? []))
    return found
  }
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** `a/b/c` → `a/b`, `a`, `.` */
export function parents(path: string): string[] {
  const found: string[] = []
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
    found.push(path.slice(0, cut))
  if (path !== '.') found.push('.')
  return found
}
