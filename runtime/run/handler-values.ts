/** The variables of a step's session as values of TypeScript, and back. */
import type { ImageHookRow } from '../../lib/hooks/image.ts'
import { EVERY_HANDLER, IMAGE_VARIABLES, type ImageVariable } from '../../lib/hooks/image-variables.ts'
import { quoteForShell } from '../../lib/sh.ts'

type Kind = (typeof IMAGE_VARIABLES)[ImageVariable]['type']

/** Bash that prints the hook's variables, as one line of JSON: for each its name, `a` or `A`, and its words. */
export function printValues(row: ImageHookRow): string {
  return `strux_all=()
for strux_name in ${namesOf(row).join(' ')}; do
  strux_text=$(declare -p "$strux_name" 2>/dev/null) || continue
  declare -n strux_value=$strux_name
  case $strux_text in
    'declare -'*A*' '*=*) strux_words=(); for strux_key in "\${!strux_value[@]}"; do strux_words+=("$strux_key" "\${strux_value[$strux_key]}"); done; strux_kind=map ;;
    *) strux_words=("\${strux_value[@]}"); strux_kind=list ;;
  esac
  strux_all+=("$strux_name" "$strux_kind" "\${#strux_words[@]}" "\${strux_words[@]}")
  declare +n strux_value
done
jq -cn '$ARGS.positional' --args -- "\${strux_all[@]}"`
}

/** @param printed the line that `printValues` prints */
export function parseValues(row: ImageHookRow, printed: string): Record<string, unknown> {
  const words: string[] = JSON.parse(printed)
  const found = new Map<string, readonly string[]>()
  for (let at = 0; at < words.length; ) {
    const [name, , count] = words.slice(at, at + 3) as [string, string, string]
    found.set(name, words.slice(at + 3, at + 3 + Number(count)))
    at += 3 + Number(count)
  }
  return Object.fromEntries(
    namesOf(row).map(name => [name, typed(IMAGE_VARIABLES[name].type, found.get(name) ?? [])]),
  )
}

function typed(kind: Kind, words: readonly string[]): unknown {
  const [first = ''] = words
  if (kind === 'map') return Object.fromEntries(pairs(words))
  // People also write lists as words between blanks.
  if (kind === 'list') return words.length === 1 ? first.split(/\s+/).filter(word => word !== '') : words
  return kind === 'number' ? Number(first) : first
}

function pairs(words: readonly string[]): [string, string][] {
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]!]] : []))
}

/** Bash that assigns a value: a word, an array or an associative array. */
export function assignment(name: string, value: unknown): string {
  if (Array.isArray(value)) return `${name}=(${value.map(each => quoteForShell(String(each))).join(' ')})`
  if (typeof value !== 'object' || value === null) return `${name}=${quoteForShell(String(value))}`
  const entries = Object.entries(value).map(
    ([key, each]) => `[${quoteForShell(key)}]=${quoteForShell(String(each))}`,
  )
  return `declare -gA ${name}=(${entries.join(' ')})`
}

const namesOf = (row: ImageHookRow): readonly ImageVariable[] => [
  ...new Set<ImageVariable>([...EVERY_HANDLER, ...row.variables]),
]
