/**
 * Finds the nodes that make a path, one of its parent folders or something inside it, without comparing every
 * pair.
 */
export class MakerIndex {
  readonly #exact = new Map<string, number[]>()
  readonly #below = new Map<string, number[]>()
  readonly #parentsIn = new Map<string, readonly string[]>()

  /** `made`: for each node, the paths that it makes or changes. */
  constructor(made: readonly (readonly string[])[]) {
    made.forEach((paths, maker) => {
      for (const path of paths) {
        push(this.#exact, path, maker)
        for (const parent of this.#parents(path)) push(this.#below, parent, maker)
      }
    })
  }

  /** Whether a node before `index` makes the path, a folder around it or something in it. */
  anyBefore(path: string, index: number): boolean {
    // The first of a list is the earliest.
    const isEarlier = (makers: readonly number[] | undefined) => makers !== undefined && makers[0]! < index
    return (
      isEarlier(this.#exact.get(path)) ||
      isEarlier(this.#below.get(path)) ||
      this.#parents(path).some(parent => isEarlier(this.#exact.get(parent)))
    )
  }

  overlapping(path: string): number[] {
    const found = [...(this.#exact.get(path) ?? []), ...(this.#below.get(path) ?? [])]
    for (const parent of this.#parents(path)) found.push(...(this.#exact.get(parent) ?? []))
    return found
  }

  /** As `parents`. Thousands of paths lie in few folders. */
  #parents(path: string): readonly string[] {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    let known = this.#parentsIn.get(folder)
    if (known === undefined || folder === '') {
      known = parents(path)
      this.#parentsIn.set(folder, known)
    }
    return known
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
