/** Ids and titles of scripts. Source: docs/json.md, "Node ids and titles". */
interface Entry {
  readonly id?: string | undefined
  readonly location?: string | undefined
  readonly description?: string | undefined
  readonly run?: { readonly text: string } | undefined
}

/**
 * Assigns ids: the entry's own, else `hook:location`, else `hook:inline`; a second equal id gets `#2`, and so
 * on.
 */
export function idGiver(taken: Iterable<string>): (hook: string, entry: Entry) => string {
  const used = new Set(taken)
  return (hook, entry) => {
    const wanted = entry.id ?? `${hook}:${entry.location ?? 'inline'}`
    let id = wanted
    for (let n = 2; used.has(id); n++) id = `${wanted}#${n}`
    used.add(id)
    return id
  }
}

export function titleOf(entry: Entry): string {
  if (entry.description) return entry.description
  if (entry.location) return entry.location
  const lines = (entry.run?.text ?? '').split('\n').map(line => line.trim())
  return lines.find(line => line !== '') ?? '(empty script)'
}
