/**
 * The files of a folder that Go reads when it compiles the program in it: sources, known by their names, and
 * files that sources embed. Other files (README, logo, keys) do not change the program. Sources: the commands
 * `go help packages`, `go help buildconstraint`, `go doc embed`.
 */
import { posix } from 'node:path'

/** Go sources, and the files that cgo compiles and links. */
const SOURCE = /\.(go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso|a|so)$/
const MODULE = /^(.*\/)?go\.(mod|sum|work|work\.sum)$/
const TEST = /_test\.go$/
/**
 * Third-party packages with all their files, because they may embed any of them. Go reads only packages that
 * its vendor list names.
 */
const VENDOR = /^vendor\//

/** `files`: paths relative to the folder. `read` gives a file's text. */
export function readByGo(files: readonly string[], read: (file: string) => string): Set<string> {
  const found = new Set(files.filter(file => VENDOR.test(file) || MODULE.test(file) || isSource(file)))
  const others = files.filter(file => !found.has(file))
  if (others.length === 0) return found
  for (const source of found) {
    if (!source.endsWith('.go') || VENDOR.test(source)) continue
    for (const pattern of embedPatterns(textOf(source, read))) {
      const embedded = matcher(posix.join(posix.dirname(source), pattern))
      for (const file of others) if (embedded.test(file)) found.add(file)
    }
  }
  return found
}

const isSource = (file: string) => SOURCE.test(file) && !TEST.test(file)

/** A file that cannot be read (a dangling symlink) counts as empty: its compilation fails later. */
function textOf(file: string, read: (file: string) => string): string {
  try {
    return read(file)
  } catch {
    return ''
  }
}

/** `//go:embed a/*.html "with space" all:static`, once or several times in a file. */
export function embedPatterns(text: string): string[] {
  return [...text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.+)$/gm)].flatMap(([, list]) =>
    [...list!.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)/g)].map(([, quoted, raw, plain]) =>
      (quoted?.replaceAll(/\\(.)/g, '$1') ?? raw ?? plain!).replace(/^all:/, ''),
    ),
  )
}

/** Matches as Go's `path.Match` does, and everything below a folder that the pattern names. */
function matcher(pattern: string): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    const range = /^\[\^?(?:\\.|[^\]\\])+\]/.exec(pattern.slice(at))?.[0]
    if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (range) {
      source += range
      at += range.length - 1
    } else {
      if (character === '\\') at++
      source += pattern[at]?.replace(/[.*+?^${}()|[\]\\]/, '\\$&') ?? ''
    }
  }
  try {
    return new RegExp(pattern === '.' ? '' : `^${source}(/.*)?$`)
  } catch {
    // Go rejects the range as well: the compiler reports it.
    return /(?!)/
  }
}
