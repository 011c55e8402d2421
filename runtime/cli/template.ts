/** Template files for projects: texts in which values replace `{{NAME}}`. */

/** Every name must have a value. A line that consists of one empty value is removed. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/^ *\{\{(\w+)\}\}\n/gm, (line, name: string) => (values[name] === '' ? '' : line))
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!)
}
