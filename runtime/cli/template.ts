/** Files that are copied to a project: texts with `{{NAME}}` in them, which a value takes the place of. */

/** Every name must have a value. A line of nothing but an empty value is no line. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/^ *\{\{(\w+)\}\}\n/gm, (line, name: string) => (values[name] === '' ? '' : line))
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!)
}
