/**
 * What a bash extension asks for before it uses it: functions and programs that may be missing
 * (`[[ $(type -t x) == function ]] && x`), and paths that may be (`[[ -d "$SRC/x" ]] && cp -r "$SRC/x" …`).
 */
import { forEachChild, type SyntaxNode } from 'unbash'

export interface Guarded {
  readonly names: ReadonlySet<string>
  /** Words as they are written, without quotes. */
  readonly paths: ReadonlySet<string>
}

/** Commands that look a name up. */
const LOOK_UPS = ['type', 'command', 'declare', 'hash', 'which']
const FILE_TESTS = /^-[abcdefghkprsuwxLNOS]$/

export function guardedIn(script: SyntaxNode): Guarded {
  const names = new Set<string>()
  const paths = new Set<string>()
  /** The loops around a node: the variable, and the words that it takes. */
  const look = (node: SyntaxNode, loops: ReadonlyMap<string, readonly string[]>): void => {
    let inner = loops
    if (node.type === 'Command' && LOOK_UPS.includes(node.name?.value ?? ''))
      for (const word of node.suffix) if (word.type === 'Word') names.add(unquoted(word.text))
    if (node.type === 'For')
      inner = new Map([...loops, [node.name.value, (node.wordlist ?? []).map(word => unquoted(word.text))]])
    for (const tested of testedIn(node)) {
      paths.add(tested)
      for (const path of inner.get(/^\$\{?(\w+)\}?$/.exec(tested)?.[1] ?? '') ?? []) paths.add(path)
    }
    forEachChild(node, child => look(child, inner))
  }
  look(script, new Map())
  return { names, paths }
}

/** The words that a test of a file is about: in `[[ … ]]`, in `[ … ]` and after `test`. */
function testedIn(node: SyntaxNode): string[] {
  if (node.type === 'TestUnary') return FILE_TESTS.test(node.operator) ? [unquoted(node.operand.text)] : []
  if (node.type !== 'Command' || !['[', 'test'].includes(node.name?.value ?? '')) return []
  const words = node.suffix.flatMap(word => (word.type === 'Word' ? [word.text] : []))
  return words.flatMap((word, at) => (FILE_TESTS.test(words[at - 1] ?? '') ? [unquoted(word)] : []))
}

export const unquoted = (text: string): string => text.replaceAll('"', '')
