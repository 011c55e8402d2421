/** Debian's control files: paragraphs of fields, of which each may go on over indented lines. */

/** The paragraphs, each with its fields by lower-case name. */
export function paragraphs(text: string): ReadonlyMap<string, string>[] {
  const found: Map<string, string>[] = []
  let paragraph = new Map<string, string>()
  let field: string | undefined
  for (const line of [...text.split('\n'), '']) {
    if (line.trim() === '') {
      if (paragraph.size > 0) found.push(paragraph)
      paragraph = new Map()
      field = undefined
      continue
    }
    if (/^\s/.test(line)) {
      if (field !== undefined) paragraph.set(field, `${paragraph.get(field)}\n${line.trim()}`)
      continue
    }
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? []
    field = name?.toLowerCase()
    if (field !== undefined) paragraph.set(field, value!.trim())
  }
  return found
}
