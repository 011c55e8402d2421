/**
 * The text of a handler that is a function, for its fingerprint: the function, its module, the modules that this one
 * imports, and the versions of their packages. Other handlers in the extension's object do not count. A value
 * that the function takes from a function around it (`const make = size => defineExtension(…)`) is not part of the text;
 * the options of the extension are part of the handler's environment.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sh } from '../../lib/sh.ts'
import { sha256 } from '../state/engine-file.ts'
import type { CompiledModule } from './compile.ts'

export interface HandlerTexts {
  /** The functions of all handlers of the extension. */
  readonly functions: readonly string[]
  /** Their inline scripts. */
  readonly scripts: readonly string[]
}

/** The compiled text of a definition by module. One value serves all functions of the definition. */
export class FunctionTexts {
  readonly #module: CompiledModule
  #sections: ReadonlyMap<string, string> | undefined
  readonly #lines = new Map<string, readonly string[]>()

  constructor(module: CompiledModule) {
    this.#module = module
  }

  /**
   * Completes the text of each handler of an extension.
   *
   * @param handlers all handlers of the extension
   * @param file the extension's own module, relative to the project, if it is known
   */
  ofExtension(handlers: HandlerTexts, file?: string): (text: string) => string {
    const rest = new Map<string, string>()
    const ownLine = (own: string) => {
      const line = rest.get(own) ?? lineOf(own, withoutHandlers(this.#texts.get(own) ?? '', handlers))
      rest.set(own, line)
      return line
    }
    return text => {
      const owns = this.#modulesWith(text, file)
      // A function that the definition's text does not have, such as a bound one, may depend on all of it.
      const starts = owns.length > 0 ? owns : [...this.#texts.keys()]
      const lines = this.#reachable(starts).flatMap(each => {
        const [section, ...packages] = this.#linesOf(each)
        return [owns.includes(each) ? ownLine(each) : section!, ...packages]
      })
      return [text, ...lines].join('\n')
    }
  }

  /** The extension's own module if it has the function; else all modules that have it, because one of them is its own. */
  #modulesWith(text: string, file: string | undefined): string[] {
    const own = file ?? this.#module.entry
    if (this.#texts.get(own)?.includes(text)) return [own]
    return [...this.#texts].filter(([, section]) => section.includes(text)).map(([each]) => each)
  }

  /** A line with the hash of a module's text, and one for each package that it imports. */
  #linesOf(file: string): readonly string[] {
    const lines = this.#lines.get(file) ?? [
      lineOf(file, this.#texts.get(file) ?? ''),
      ...this.#packagesOf(file),
    ]
    this.#lines.set(file, lines)
    return lines
  }

  /** The compiled text of each module. esbuild puts a comment with the file's name above each of them. */
  get #texts(): ReadonlyMap<string, string> {
    if (this.#sections) return this.#sections
    const files = new Set(this.#module.inputs.map(input => input.file))
    const sections = new Map<string, string>()
    let current: string | undefined
    let lines: string[] = []
    const end = () => {
      if (current !== undefined) sections.set(current, `${sections.get(current) ?? ''}${lines.join('\n')}\n`)
      lines = []
    }
    for (const line of readFileSync(this.#module.output, 'utf8').split('\n')) {
      const file = line.startsWith('// ') ? line.slice(3) : ''
      if (files.has(file)) {
        end()
        current = file
      } else lines.push(line)
    }
    end()
    this.#sections = sections
    return sections
  }

  /** These modules first, then those that they import, sorted. */
  #reachable(starts: readonly string[]): string[] {
    const imports = new Map(this.#module.inputs.map(input => [input.file, Object.values(input.imports)]))
    const found = new Set(starts)
    for (const file of found) for (const next of imports.get(file) ?? []) found.add(next)
    return [...starts, ...[...found].slice(starts.length).sort()]
  }

  #packagesOf(file: string): string[] {
    const { root, packages } = this.#module
    const folder = dirname(join(root, file))
    const versions = packages
      .filter(({ from }) => from === folder)
      .map(({ name, real }) => `// ${name} ${(real !== undefined && versionOf(real)) || 'missing'}`)
    return [...new Set(versions)].sort()
  }
}

function versionOf(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string }
    return version
  } catch {
    return undefined
  }
}

const lineOf = (file: string, text: string) => `// ${file} ${sha256(text)}`

/** The call that makes an extension, to the line that ends it: esbuild indents what is inside. */
const CALL = /^([ \t]*)(?:.*\b)?defineExtension\d*\((?:.*;$|[\s\S]*?^\1[}\])])/gm

/**
 * Removes the handlers from their module's text, so that a change of one does not concern the others. A handler that has a
 * name, or is in an object outside the call of `defineExtension`, stays: other handlers may use it.
 */
function withoutHandlers(section: string, { functions, scripts }: HandlerTexts): string {
  const longestFirst = [...functions].sort((a, b) => b.length - a.length)
  const known = new Set(scripts)
  return section.replaceAll(CALL, call => {
    const rest = longestFirst.reduce(withoutFunction, call)
    // Only templates without values, whose text can be compared with that of the handlers.
    return rest.replaceAll(
      /([:,[]\s*)sh\d*`((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)`/g,
      (template, before, raw: string) =>
        known.has(sh({ raw: [raw] } as unknown as TemplateStringsArray).text) ? `${before}handler` : template,
    )
  })
}

/** Removes a function where it is a property, a method or an item of a list: nothing else can name it there. */
function withoutFunction(call: string, text: string): string {
  const isDeclared = /^(?:async\s+)?function\b/.test(text)
  const parts = call.split(text)
  return parts.reduce((before, after) => {
    const last = before.trimEnd().at(-1) ?? ''
    const isPart = ':,['.includes(last) || (last === '{' && !isDeclared)
    return `${before}${isPart ? 'handler' : text}${after}`
  })
}
