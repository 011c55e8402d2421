/**
 * The text of a handler that is a function, for its fingerprint: the function, its module without the module's
 * other handlers, the modules that this one imports, and the versions of their packages. A value that the function takes
 * from a function around it (`const make = size => defineExtension(…)`) is not part of the text; the options of
 * the extension are part of the handler's environment.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sh } from '../../lib/sh.ts'
import { sha256 } from '../state/vouched.ts'
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

  constructor(module: CompiledModule) {
    this.#module = module
  }

  /** @param text the function's text, @param handlers those of its extension, which do not count */
  of(text: string, handlers: HandlerTexts): string {
    const own = [...this.#texts].find(([, section]) => section.includes(text))?.[0]
    // A function that the definition's text does not have, such as a bound one, may depend on all of it.
    const reachable = own === undefined ? [...this.#texts.keys()] : this.#reachable(own)
    const lines = reachable.flatMap(file => {
      const section = this.#texts.get(file) ?? ''
      const counted = file === own ? withoutHandlers(section, handlers) : section
      return [`// ${file} ${sha256(counted)}`, ...this.#packagesOf(file)]
    })
    return [text, ...lines].join('\n')
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

  /** The module itself first, then those that it imports, sorted. */
  #reachable(file: string): string[] {
    const imports = new Map(this.#module.inputs.map(input => [input.file, Object.values(input.imports)]))
    const found = new Set<string>()
    const visit = (each: string) => {
      if (found.has(each)) return
      found.add(each)
      for (const next of imports.get(each) ?? []) visit(next)
    }
    visit(file)
    const [own, ...others] = found
    return [own!, ...others.sort()]
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

/** Removes the handlers from their module's text, so that a change of one does not concern the others. */
function withoutHandlers(section: string, { functions, scripts }: HandlerTexts): string {
  const longestFirst = [...functions].sort((a, b) => b.length - a.length)
  const rest = longestFirst.reduce((text, each) => text.replaceAll(each, 'handler'), section)
  const known = new Set(scripts)
  // Only templates without values, whose text can be compared with that of the handlers.
  return rest.replaceAll(/\bsh\d*`((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)`/g, (template, raw: string) =>
    known.has(sh({ raw: [raw] } as unknown as TemplateStringsArray).text) ? 'handler' : template,
  )
}
